"""The lab's programs for PostgreSQL and its backups: operators built from their Go modules."""

import platform
from collections.abc import Sequence
from pathlib import Path

from tools.build.toolchain import TOOLS, Tool, Toolchain

_PLUGIN = "github.com/cloudnative-pg/plugin-barman-cloud"
_SEALED = "github.com/bitnami-labs/sealed-secrets"

POSTGRES_TOOLS: Sequence[Tool] = (
    Tool(
        # Its own small main: since 1.12 the released module holds no command.
        name="cert-manager-controller",
        version="v1.21.2",
        package=".",
        folder="cert-manager",
        seconds=168,
        stamps=("github.com/cert-manager/cert-manager/pkg/util.AppVersion=v1.21.2",),
    ),
    Tool(
        # The operator, and by another argument the instance manager in each PostgreSQL pod.
        name="cnpg-manager",
        version="v1.30.0",
        package="github.com/cloudnative-pg/cloudnative-pg/cmd/manager",
        folder="cnpg",
        seconds=141,
    ),
    Tool(
        # The plugin's operator, and by another argument the sidecar next to each PostgreSQL.
        name="barman-plugin",
        version="v0.15.0",
        package=f"{_PLUGIN}/cmd/manager",
        folder="barman-plugin",
        seconds=167,
    ),
    Tool(
        # Gives PersistentVolumeClaims a folder of the node; built after the operator, whose client
        # libraries it shares: in the same versions they need not be compiled again.
        name="volume-provisioner",
        version="v1",
        package=".",
        folder="volumes",
        seconds=20,
    ),
    Tool(
        name="sealed-secrets-controller",
        version="v0.33.0",
        package=f"{_SEALED}/cmd/controller",
        folder="sealed-secrets",
        seconds=65,
        stamps=("main.VERSION=v0.33.0",),
    ),
)

VERSIONS = {tool.name: tool.version for tool in POSTGRES_TOOLS}


def binary(name: str) -> Path:
    """Return the path of one of these programs; a fault where it is not built."""
    return Toolchain(tools=(*TOOLS, *POSTGRES_TOOLS)).binary(name)


def architecture() -> str:
    """Return Go's name of this machine's architecture, which the operators' images use too."""
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
