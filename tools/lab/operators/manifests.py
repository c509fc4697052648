"""Manifests of the operators' releases: read out of their pinned Go modules, copied nowhere."""

import os
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from tools import Fault
from tools.build import crds
from tools.build.cache import default_cache
from tools.build.go import Go

Manifest = dict[str, Any]

# libyaml's loader where PyYAML has it: CNPG's release is 1 MB, seconds without it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def text(operator: str, path: str, cache: Path | None = None) -> str:
    """Return a file of an operator's release; `operator` is a name of tools.crds.OPERATORS.

    Go keeps the module; its content is compared with the pinned sum whenever it is opened.
    """
    release = next(release for release in crds.OPERATORS if release.name == operator)
    cache = cache or default_cache()
    cache.mkdir(parents=True, exist_ok=True)
    # Held only for the child that would install Go: not taken, reading may continue meanwhile.
    lock = os.open(cache / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        archive = Go.find(cache, lock).module(release.module, release.version, release.checksum)
    finally:
        os.close(lock)
    with zipfile.ZipFile(archive) as opened:
        try:
            return opened.read(f"{release.module}@{release.version}/{path}").decode()
        except KeyError:
            raise Fault(
                f"module {release.module}@{release.version}",
                f"it has no file {path}",
                "name its new place in tools/lab",
            ) from None


def documents(operator: str, path: str) -> list[Manifest]:
    """Return the manifests in a YAML file of an operator's release, in its order."""
    return [one for one in yaml.load_all(text(operator, path), Loader=_LOADER) if one]


def account(name: str, namespace: str, rules: Sequence[Manifest]) -> list[Manifest]:
    """Return a ServiceAccount that has *rules* in the whole cluster, by a role of its name."""
    place = {"name": name, "namespace": namespace}
    group = "rbac.authorization.k8s.io"
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": place},
        {
            "apiVersion": f"{group}/v1",
            "kind": "ClusterRole",
            "metadata": {"name": name},
            "rules": [*rules],
        },
        {
            "apiVersion": f"{group}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": name},
            "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": name},
            "subjects": [{"kind": "ServiceAccount", **place}],
        },
    ]
