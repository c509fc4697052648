"""A Ceph cluster as an environment decides it: a new one, or one that exists."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from components.ceph.daemons import CephResourcesSpec
from components.ceph.disks import DisksSpec
from components.ceph.placement import CephPlacementSpec
from components.spec import Spec
from components.spec.either import Either
from components.spec.rule import Fault, obeys, rule
from components.spec.words import Image, Name, StoreName


@rule("value", was="T311")
def monitor_count_is_odd(monitors: int) -> Iterator[Fault]:
    """The number of monitors is odd.

    More than half must be up: four survive no more losses than three (Ceph, "Monitor Quorum").
    """
    if monitors % 2 == 0:
        yield Fault(
            f"{monitors} monitors survive no more losses than {monitors - 1}; "
            f"write {monitors - 1} or {monitors + 1}"
        )


class StorageSpec(Spec):
    """A new Ceph cluster that keeps every byte on several hosts."""

    disks: DisksSpec
    """The disks of the cluster. Only empty disks are taken."""

    name: Name = "rook-ceph"
    """Name of the CephCluster."""

    namespace: Name = "rook-ceph"
    """Namespace of the Rook operator and of everything it creates."""

    image: Image = "quay.io/ceph/ceph:v18.2.7"
    """Ceph's image, with the whole version in its tag. Rook 1.17 runs 18.2 and 19.2.0 to 19.2.5
    (docs/upgrade.md has the others). Changing it upgrades Ceph, one daemon at a time."""

    copies: int = Field(default=3, ge=1, le=5)
    """Copies of each block, on different hosts. With three, writes continue after the loss of one
    host. After the loss of two, reads and writes stop rather than trust the last copy."""

    monitors: Annotated[int, Field(ge=1, le=7), obeys(monitor_count_is_odd)] = 3
    """Number of monitors, on different hosts. More than half of them must be up."""

    encrypted: bool = True
    """Whether the disks are encrypted (dm-crypt). The keys are in the monitors' store, so a removed
    disk is unreadable, but a stolen cluster is not. Each node with a disk needs the package lvm2,
    which Talos includes: without it no disk is prepared, or none starts after a reboot (Rook,
    prerequisites.md). A change affects new disks only."""

    resources: CephResourcesSpec = CephResourcesSpec()
    """CPU and memory of its daemons. A change restarts those that it is for, one at a time."""

    placement: CephPlacementSpec = CephPlacementSpec()
    """The nodes that its daemons and the gateways run on. A change restarts them, one at a time;
    monitors and disks stay where their data is."""

    ip_family: Literal["IPv4", "IPv6"] | None = None
    """Address family of pods in the cluster, which Ceph's daemons listen on. None: IPv4. It must
    not change later: monitors are known by their addresses."""

    block_class: Name = "ceph-block"
    """Name of the pool of block volumes and of its StorageClass, for databases; and of its
    VolumeSnapshotClass, if the `snapshots` of a database name it."""

    filesystem_class: StoreName | None = "ceph-filesystem"
    """Name of the shared filesystem (CephFS) and of its StorageClass; none means no filesystem."""


class ExistingCephSpec(Spec):
    """An existing Ceph cluster, managed by Rook.

    Nothing refers to a CephCluster by its name: Rook's objects belong to the one in their namespace
    (controller/cluster_info.go, LoadClusterInfo).
    """

    namespace: Name
    """Its namespace, which is also the Rook operator's."""

    image: Image
    """The Ceph image that it runs."""


CephSpec = Annotated[StorageSpec | ExistingCephSpec, Either()]
"""The Ceph cluster under everything: a new one, or an existing one."""
