"""The programs of volume snapshots: Kubernetes' own controllers for CSI, and a stand-in driver.

No lab needs them that makes no snapshot, so they are built only where one is asked for.
"""

from collections.abc import Sequence

from tools.build.toolchain import Tool, Toolchain

_PROVISIONER = "github.com/kubernetes-csi/external-provisioner/v6"
_SNAPSHOTTER = "github.com/kubernetes-csi/external-snapshotter/v8"

SANITY = "csi-sanity"


def _tool(name: str, version: str, package: str, seconds: int) -> Tool:
    return Tool(name=name, version=version, package=package, folder="csi", seconds=seconds)


CSI_TOOLS: Sequence[Tool] = (
    _tool("csi-provisioner", "v6.3.0", f"{_PROVISIONER}/cmd/csi-provisioner", 96),
    _tool("csi-snapshotter", "v8.6.0", f"{_SNAPSHOTTER}/cmd/csi-snapshotter", 60),
    _tool("snapshot-controller", "v8.6.0", f"{_SNAPSHOTTER}/cmd/snapshot-controller", 16),
    # Its own small main: the drivers of storages, and csi-driver-host-path, are in no module.
    _tool("csi-stand-in", "v1", ".", 4),
    # Kubernetes' own test of drivers.
    _tool(SANITY, "v5.4.0", "github.com/kubernetes-csi/csi-test/v5/cmd/csi-sanity", 10),
)


def toolchain() -> Toolchain:
    """Return the toolchain of these programs."""
    return Toolchain(tools=CSI_TOOLS)
