"""Volume snapshots in addition to the archive: a faster start for a restore, and nothing more."""

from collections.abc import Mapping
from typing import Any

import pulumi

from components.spec import Spec, cron
from components.spec.words import Name, Schedule


class SnapshotsSpec(Spec):
    """Snapshots of a database's volumes, on their own schedule.

    They do not replace the archive: they are in the same storage as the volumes, and are lost with
    it. They save time: a large database is restored at once, and WAL comes from the archive. The
    cluster must have the CRDs of snapshot.storage.k8s.io before CloudNativePG's operator starts.
    No restore of tier0 starts from one of a database with tablespaces. They have no retention: each
    is deleted with its Backup object, and by nothing else.
    """

    class_name: Name
    """VolumeSnapshotClass of the volumes. The name of `block_class` of a new Ceph cluster means
    that tier0 creates it; outside a disposable environment it retains the snapshot in Ceph when
    its VolumeSnapshot is deleted. Any other class must be there."""

    wal_class_name: Name | None = None
    """VolumeSnapshotClass of the WAL volumes, if another driver provides their StorageClass; none
    means the same."""

    schedule: Schedule
    """When snapshots are made, in UTC; one more is made at creation."""

    online: bool = True
    """Whether the database stays up meanwhile. By default it does: the WAL that makes the snapshot
    consistent is archived anyway. False: a replica is stopped for it, and the snapshot is
    consistent without WAL."""


def snapshot_settings(spec: SnapshotsSpec) -> dict[str, Any]:
    """Return the part of `Cluster.spec.backup` with the snapshots' classes.

    A snapshot belongs to its Backup and is deleted with it; by default nothing would ever delete
    one.
    """
    settings: dict[str, Any] = {
        "className": spec.class_name,
        "online": spec.online,
        "snapshotOwnerReference": "backup",
    }
    if spec.wal_class_name:
        settings["walClassName"] = spec.wal_class_name
    return {"volumeSnapshot": settings}


def scheduled_snapshot(spec: SnapshotsSpec, cluster: pulumi.Input[str]) -> Mapping[str, Any]:
    """Return `ScheduledBackup.spec`; a cold snapshot of the primary would stop all writes."""
    return {
        "schedule": cron.six_fields(spec.schedule),
        "immediate": True,
        "target": "prefer-standby",
        "cluster": {"name": cluster},
        "method": "volumeSnapshot",
    }
