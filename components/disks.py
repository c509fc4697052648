"""The disks that a Ceph cluster is made of; what is on them is lost."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, Discriminator, Tag, field_validator

from components.spec import NodeName, Spec, fault


def _device(value: str) -> str:
    if not re.fullmatch(r"(/dev/)?[A-Za-z0-9][-A-Za-z0-9_.:/]*", value):
        raise fault(
            "T312",
            f"'{value}' is not a disk; write a kernel name like 'nvme0n1', or a path like "
            "'/dev/disk/by-id/...'",
        )
    return value


Device = Annotated[str, AfterValidator(_device)]
"""A disk of a node."""


class EveryNodeSpec(Spec):
    """On every node, the disks whose names match."""

    filter: str
    """Regular expression for the kernel name of a disk, like `^sd[b-z]$`. Only empty disks are
    taken, and each that appears later is taken too."""

    @field_validator("filter")
    @classmethod
    def _is_a_regular_expression(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise fault(
                "T313",
                f"'{value}' is not a regular expression ({error}); write one like '^sd[b-z]$'",
            ) from None
        return value


class NamedNodesSpec(Spec):
    """The disks that are named, of the nodes that are named, and no others."""

    nodes: Mapping[NodeName, Sequence[Device]]
    """The disks of each node. A path below `/dev/disk/by-id` stays when disks are added."""


def _which(value: object) -> str:
    named = isinstance(value, NamedNodesSpec) or (isinstance(value, dict) and "nodes" in value)
    return "<named>" if named else "<every>"


DisksSpec = Annotated[
    Annotated[EveryNodeSpec, Tag("<every>")] | Annotated[NamedNodesSpec, Tag("<named>")],
    Discriminator(_which),
]
"""Which disks become the cluster's; what is on them is lost."""


def disk_selection(disks: EveryNodeSpec | NamedNodesSpec, *, encrypted: bool) -> Mapping[str, Any]:
    """Return `CephCluster.spec.storage`: which disks, and how they are prepared."""
    config = {"config": {"encryptedDevice": "true"}} if encrypted else {}
    if isinstance(disks, NamedNodesSpec):
        nodes = [
            {"name": node, "devices": [{"name": device} for device in devices]}
            for node, devices in sorted(disks.nodes.items())
        ]
        return {"useAllNodes": False, "useAllDevices": False, "nodes": nodes} | config
    return {"useAllNodes": True, "useAllDevices": False, "deviceFilter": disks.filter} | config
