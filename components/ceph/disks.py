"""The disks of a Ceph cluster; their contents are lost."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from components.spec import Spec
from components.spec.either import Either
from components.spec.rule import Fault, obeys, rule
from components.spec.words import NodeName


@rule("value", was="T312")
def disk_is_device(value: str) -> Iterator[Fault]:
    """A disk is a kernel name or a path below /dev.

    Rook takes both (ceph-cluster-crd.md, "Storage Selection Settings"), and skips what is neither.
    """
    if not re.fullmatch(r"(/dev/)?[A-Za-z0-9][-A-Za-z0-9_.:/]*", value):
        yield Fault(
            f"'{value}' is not a disk; write a kernel name like 'nvme0n1', or a path like "
            "'/dev/disk/by-id/...'"
        )


@rule("value", was="T313")
def disk_filter_is_regular_expression(value: str) -> Iterator[Fault]:
    """A disk filter is a regular expression that Go supports.

    Rook's prepare job fails on each node with an invalid one (osd daemon.go, getAvailableDevices);
    Go has no look-around (regexp/syntax). An empty one is left out, and no disk is taken
    (osd/provision_spec.go, v1.17.9). It is compared with names without `/dev/` (daemon.go).
    """
    if not value:
        yield Fault("it is empty, so no disk is taken; write one like '^sd[b-z]$'")
    elif value.startswith(("/dev/", "^/dev/")):
        name = value.removeprefix("^").removeprefix("/dev/")
        yield Fault(f"'{value}' matches no disk, as a kernel name has no folder; write '^{name}'")
    elif look := re.search(r"\(\?<?[=!]|\\[1-9]", value):
        yield Fault(
            f"'{value}' has '{look[0]}', which Go's regular expressions lack; write what must "
            "match, like '^sd[b-z]$'"
        )
    else:
        try:
            re.compile(value)
        except re.error as error:
            yield Fault(
                f"'{value}' is not a regular expression ({error}); write one like '^sd[b-z]$'"
            )


Device = Annotated[str, obeys(disk_is_device)]
"""A disk of a node."""


class EveryNodeSpec(Spec):
    """The disks whose names match, on every node."""

    filter: Annotated[str, obeys(disk_filter_is_regular_expression)]
    """Regular expression for the kernel name of a disk, like `^sd[b-z]$`. Only empty disks are
    taken, also those that appear later."""


class NamedNodesSpec(Spec):
    """Only the named disks of the named nodes."""

    nodes: Mapping[NodeName, Sequence[Device]]
    """The disks of each node. A path below `/dev/disk/by-id` stays the same when disks are
    added."""

    @rule("spec", was="T334")
    def named_nodes_have_disks(self) -> Iterator[Fault]:
        """Each named node has a disk, and lists each disk once.

        A node without a disk counts as a host for copies that it cannot hold. Without any disk Rook
        creates no OSD, and the CephCluster is not ready after half an hour.
        """
        if not self.nodes:
            yield Fault("nodes is empty, so there is no disk; write {node: [disk]}")
        for name, disks in self.nodes.items():
            if not disks:
                yield Fault(f"nodes.{name} has no disk; write one, or leave the node out")
            twice = [disk for disk in disks if disks.count(disk) > 1]
            if twice:
                yield Fault(f"nodes.{name} has '{twice[0]}' twice; write it once")


DisksSpec = Annotated[EveryNodeSpec | NamedNodesSpec, Either("nodes")]
"""The disks of the cluster; their contents are lost."""


def disk_selection(disks: EveryNodeSpec | NamedNodesSpec, *, encrypted: bool) -> Mapping[str, Any]:
    """Return `CephCluster.spec.storage`: the disks, and how they are prepared."""
    config = {"config": {"encryptedDevice": "true"}} if encrypted else {}
    if isinstance(disks, NamedNodesSpec):
        nodes = [
            {"name": node, "devices": [{"name": device} for device in devices]}
            for node, devices in sorted(disks.nodes.items())
        ]
        return {"useAllNodes": False, "useAllDevices": False, "nodes": nodes} | config
    return {"useAllNodes": True, "useAllDevices": False, "deviceFilter": disks.filter} | config
