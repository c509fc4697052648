"""Volume snapshots beside the archive: a faster start for a restore, and nothing more."""

from collections.abc import Mapping
from typing import Any

import pulumi

from components.spec import Spec, cron
from components.spec.words import Name, Schedule


class SnapshotsSpec(Spec):
    """Snapshots of a database's volumes, on a schedule of their own.

    They replace no archive: they are in the storage that the volumes are in, and are lost with it.
    What they save is time: a large database is there at once, and WAL comes out of the archive.
    The cluster must have the kinds of snapshot.storage.k8s.io before CloudNativePG's operator
    starts. No retention holds for them: each is deleted with its Backup object, and by nobody else.
    """

    class_name: Name
    """VolumeSnapshotClass of the volumes."""

    wal_class_name: Name | None = None
    """VolumeSnapshotClass of the WAL volumes, where their StorageClass is another driver's; none
    means the same."""

    schedule: Schedule
    """When one is made, in UTC; one more is made at creation."""

    online: bool = True
    """Whether the database goes on meanwhile. It does by default: the WAL that makes the snapshot
    consistent is archived anyway. False: a replica is stopped for it, and the snapshot is whole
    without any WAL."""


def snapshot_settings(spec: SnapshotsSpec) -> dict[str, Any]:
    """Return the part of `Cluster.spec.backup` with the snapshots' classes.

    A snapshot belongs to its Backup, so that deleting that is how it goes; by default nothing would
    ever delete one.
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
    """Return `ScheduledBackup.spec`; of the primary a cold one would stop all writes."""
    return {
        "schedule": cron.six_fields(spec.schedule),
        "immediate": True,
        "target": "prefer-standby",
        "cluster": {"name": cluster},
        "method": "volumeSnapshot",
    }
