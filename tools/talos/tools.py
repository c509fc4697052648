"""The real `talosctl` and `tofu`, and the descriptors of Talos's API out of its module."""

import zipfile
from collections.abc import Sequence
from functools import cache

from tools.build.go import Go
from tools.build.toolchain import Tool, Toolchain

_MODULE = ("github.com/siderolabs/talos", "v1.11.0")
_SUM = "h1:6wOxH1OY1ENw1mRjFnUvplN8T+HakiEsupEZW+1V8Vw="

TALOS_TOOLS: Sequence[Tool] = (
    Tool(
        name="talosctl",
        version="v1.11.0",
        package="github.com/siderolabs/talos/cmd/talosctl",
        folder="talosctl",
        seconds=231,
    ),
    Tool(
        name="tofu",
        version="v1.12.6",
        package="github.com/opentofu/opentofu/cmd/tofu",
        folder="tofu",
        seconds=220,
    ),
)


@cache
def toolchain() -> Toolchain:
    """Return the toolchain of these two."""
    return Toolchain(tools=TALOS_TOOLS)


@cache
def descriptors() -> bytes:
    """Return the FileDescriptorSet of Talos's API, as its release holds it."""
    go = Go.find(toolchain().cache, -1)
    with zipfile.ZipFile(go.module(*_MODULE, _SUM)) as opened:
        return opened.read(f"{'@'.join(_MODULE)}/api/api.descriptors")
