"""A Ceph cluster managed by Rook, its block pool and filesystem, and the StorageClasses of both.

There is no toolbox, which is a pod that holds the admin key and waits for a user. Rook's operator
has the same programs and key (`kubectl exec` into it, with `--conf` of the cluster).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi

from components import kube
from components.ceph.classes import snapshot_class, storage_class
from components.ceph.daemons import cluster_resources, reserved
from components.ceph.disks import NamedNodesSpec, disk_selection
from components.ceph.monitoring import monitor, monitored
from components.ceph.placement import placement
from components.ceph.spec import ExistingCephSpec, StorageSpec
from components.ceph.versions import cephx
from components.ceph.written import without_false
from components.kube import Component, Object

_API = "ceph.rook.io/v1"
_DATA_POOL = "replicated"

CLUSTER_SECONDS = 1800
"""Seconds for a cluster to become ready: Ceph's image, more than 1 GB, is pulled on each node, the
monitors start one by one, and on each node the disks are prepared one by one."""

_SECONDS_A_DISK = 120
_DISKS_WITHIN = 7
"""As many disks on a node are prepared within CLUSTER_SECONDS, when each takes _SECONDS_A_DISK and
half of the time is for the rest. An allowance, not a measurement: a cluster of one disk was ready
in 66 s (tools/lab/operators/ceph.py)."""


@dataclass(frozen=True, kw_only=True)
class Ceph:
    """A Ceph cluster that is ready for pools and stores."""

    namespace: pulumi.Input[str]
    image: str
    """Ceph's image, which its nodes have already pulled."""
    placement: Mapping[str, Any] = field(default_factory=dict)
    """Where its daemons run, as Rook's `Placement`; empty: on any node without a taint."""


def existing(spec: ExistingCephSpec) -> Ceph:
    """Return the wire of an existing cluster."""
    return Ceph(namespace=spec.namespace, image=spec.image)


class CephStorage(Component):
    """A CephCluster, a CephBlockPool and a CephFilesystem, each volume kind with a StorageClass.

    An `up` that removes a disposable cluster leaves its disks as they are. Rook does not take them
    again until they are wiped (Rook, ceph-teardown.md).
    """

    ceph: Ceph

    def __init__(
        self,
        name: str,
        spec: StorageSpec,
        *,
        monitoring_labels: Mapping[str, str] | None,
        new_keys: bool,
        snapshots: bool,
        keep: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare it; *monitoring_labels* are those of its alerts and monitors, if it has any.

        *new_keys*: its Rook knows keys of type AES256K. *snapshots*: block volumes also get a
        VolumeSnapshotClass, whose CRD must exist.
        """
        super().__init__("tier0:storage:CephStorage", name, opts=opts)
        if monitoring_labels is not None:
            monitor(
                name,
                spec.name,
                parent=self,
                namespace=spec.namespace,
                labels=monitoring_labels,
                disposable=not keep,
            )
        cluster = Object(
            f"{name}-cluster",
            parent=self,
            api_version=_API,
            kind="CephCluster",
            name=spec.name,
            namespace=spec.namespace,
            spec=without_false(
                ceph_cluster(
                    spec, monitoring_labels=monitoring_labels, new_keys=new_keys, keep=keep
                )
            ),
            within=cluster_seconds(spec),
            keep=keep,
            # Rook removes its daemons itself, once no pool and no store is left.
            operator_deletes=True,
        )
        self.ceph = Ceph(
            namespace=kube.when_ready(cluster, spec.namespace),
            image=spec.image,
            placement=placement(spec.placement),
        )
        self._blocks(name, spec, snapshots=snapshots, keep=keep)
        if spec.filesystem_class:
            self._filesystem(name, spec, spec.filesystem_class, keep=keep)

    def _blocks(self, name: str, spec: StorageSpec, *, snapshots: bool, keep: bool) -> None:
        """Declare the pool of block volumes, their StorageClass and that of their snapshots."""
        pool = Object(
            f"{name}-blocks",
            parent=self,
            api_version=_API,
            kind="CephBlockPool",
            name=spec.block_class,
            namespace=self.ceph.namespace,
            spec=without_false(pool_spec(spec.copies)),
            keep=keep,
            operator_deletes=True,
        )
        storage_class(
            f"{name}-block-class",
            spec.block_class,
            parent=self,
            namespace=spec.namespace,
            driver="rbd",
            parameters={"pool": pool.name, "imageFormat": "2", "imageFeatures": "layering"},
            keep=keep,
        )
        if snapshots:
            snapshot_class(
                f"{name}-block-snapshots",
                spec.block_class,
                parent=self,
                namespace=spec.namespace,
                keep=keep,
            )

    def _filesystem(self, name: str, spec: StorageSpec, called: str, *, keep: bool) -> None:
        """Declare the filesystem and its StorageClass, which are *called* the same."""
        filesystem = Object(
            f"{name}-filesystem",
            parent=self,
            api_version=_API,
            kind="CephFilesystem",
            name=called,
            namespace=self.ceph.namespace,
            spec=without_false(ceph_filesystem(spec, keep=keep)),
            keep=keep,
            operator_deletes=True,
        )
        storage_class(
            f"{name}-filesystem-class",
            called,
            parent=self,
            namespace=spec.namespace,
            driver="cephfs",
            parameters={"fsName": filesystem.name, "pool": f"{called}-{_DATA_POOL}"},
            keep=keep,
        )


def ceph_cluster(
    spec: StorageSpec,
    *,
    monitoring_labels: Mapping[str, str] | None,
    new_keys: bool,
    keep: bool,
) -> Mapping[str, Any]:
    """Return `CephCluster.spec`; *monitoring_labels* are those of its ServiceMonitors.

    What Rook creates itself, like the store's pools and `.mgr`, follows the two defaults in
    `cephConfig`. Monitors refuse a pool with one copy unless configured otherwise.
    """
    single = spec.copies == 1
    where = placement(spec.placement)
    return {
        "cephVersion": {"image": spec.image},
        "dataDirHostPath": "/var/lib/rook",
        "mon": {"count": spec.monitors, "allowMultiplePerNode": not keep},
        # One active, one standby.
        "mgr": {"count": 1 if single else 2, "allowMultiplePerNode": not keep},
        "dashboard": {"enabled": False},
        # Rook never removes an OSD by itself: the data of a merely slow host would move.
        "removeOSDsIfOutAndSafeToRemove": False,
        "network": {
            # Linux 5.11 or newer on every node (Rook, ceph-cluster-crd.md).
            "connections": {"requireMsgr2": True, "encryption": {"enabled": True}}
        }
        | ({"ipFamily": spec.ip_family} if spec.ip_family else {}),
        # Rook tells the block driver itself (cluster.go, configureMsgr2); CephFS is mounted with
        # the driver's own options, or these.
        "csi": {"cephfs": {"kernelMountOptions": "ms_mode=secure"}},
        # Budgets for monitors, disks, metadata servers and gateways, and `noout` during a drain:
        # without them two nodes can be drained at once (rook #15866).
        "disruptionManagement": {"managePodBudgets": True},
        "storage": disk_selection(spec.disks, encrypted=spec.encrypted),
        "resources": cluster_resources(spec.resources),
        "priorityClassNames": {
            "mon": "system-node-critical",
            "osd": "system-node-critical",
            "mgr": "system-cluster-critical",
        },
        "cephConfig": {
            "global": {
                "osd_pool_default_size": str(spec.copies),
                "osd_pool_default_min_size": str(least_copies(spec.copies)),
            }
            | ({"mon_allow_pool_size_one": "true"} if single else {})
        },
        **({"placement": {"all": where}} if where else {}),
        **({} if monitoring_labels is None else monitored(monitoring_labels)),
        **({"security": {"cephx": cephx(spec.image)}} if new_keys else {}),
    }


def cluster_seconds(spec: StorageSpec) -> int:
    """Return how many seconds the cluster may take to become ready.

    Nodes prepare their disks at the same time. How many each has is known only if they are named.
    """
    most = 0
    if isinstance(spec.disks, NamedNodesSpec):
        most = max(len(disks) for disks in spec.disks.nodes.values())
    return CLUSTER_SECONDS + _SECONDS_A_DISK * max(most - _DISKS_WITHIN, 0)


def least_copies(copies: int) -> int:
    """Return how many copies must be up for a write (min_size).

    This is Ceph's own rule (size - size / 2), but never one of several.
    """
    return max(copies - copies // 2, 2) if copies > 1 else 1


def pool_spec(copies: int) -> dict[str, Any]:
    """Return the spec of a pool with *copies* on different hosts."""
    return {
        "failureDomain": "host",
        "replicated": {"size": copies, "requireSafeReplicaSize": copies > 1},
        "parameters": {"min_size": str(least_copies(copies))},
    }


def ceph_filesystem(spec: StorageSpec, *, keep: bool) -> Mapping[str, Any]:
    """Return `CephFilesystem.spec`: one active metadata server and one standby."""
    pool = pool_spec(spec.copies)
    where = placement(spec.placement)
    return {
        "metadataPool": pool,
        "dataPools": [pool | {"name": _DATA_POOL}],
        "preserveFilesystemOnDelete": keep,
        "metadataServer": {
            "activeCount": 1,
            "activeStandby": True,
            "priorityClassName": "system-cluster-critical",
            "resources": reserved(spec.resources.mds),
        }
        | ({"placement": where} if where else {}),
    }
