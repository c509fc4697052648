"""The volume snapshots of a database: what of them a restore can start from, and how long it takes.

CloudNativePG makes one VolumeSnapshot for each volume of one instance, named after their Backup.
What it writes on them is in reconciler.go of pkg/reconciler/backup/volumesnapshot (v1.30.0).
"""

import re
import sys
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from stacks.cluster import ClusterClient, Refused
from stacks.recovery.archives import Archive

_API = "snapshot.storage.k8s.io/v1"
_ENDS_WITHIN = timedelta(seconds=1)
"""CloudNativePG writes the end in whole seconds, and cuts the rest."""


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The snapshots of one instance's volumes, made together and ready to use."""

    name: str
    """The VolumeSnapshot of its data volume."""

    wal: str | None
    """That of its WAL volume; None if there is none, or it is not ready."""

    ended: datetime
    """When its Backup was completed, rounded up: whatever ends later can be restored from it."""

    start: str
    """The WAL segment that a recovery from it begins with; empty if it does not say it."""

    system: str
    """The identifier of its database system; empty if it does not say it."""

    lacks: str
    """What else a restore from it needs; empty if nothing."""

    @property
    def fields(self) -> dict[str, str]:
        """What a RestoreSpec says of it."""
        return {"snapshot": self.name} | ({"wal_snapshot": self.wal} if self.wal else {})


def snapshots(kube: ClusterClient, archive: Archive, *, with_wal: bool) -> list[Snapshot]:
    """Return the snapshots of the Cluster of an archive, the oldest end first.

    *with_wal*: its instances have WAL volumes.
    There is none where the cluster has no such kind, or does not show them, which is said.
    """
    selector = f"cnpg.io/cluster={archive.cluster}"
    try:
        found = kube.objects(_API, "VolumeSnapshot", archive.namespace, labels=selector)
    except Refused as refused:
        sys.stderr.write(f"snapshots of {archive.cluster} are left out: {refused}\n")
        return []
    ready = [it for it in found if (it.get("status") or {}).get("readyToUse") is True]
    wals = {_backup(it): it["metadata"]["name"] for it in ready if _role(it) == "PG_WAL"}
    data = [it for it in ready if _role(it) == "PG_DATA" and _annotation(it, "backupEndTime")]
    made = [_snapshot(it, wals.get(_backup(it)), with_wal=with_wal) for it in data]
    return sorted(made, key=lambda it: it.ended)


def _snapshot(data: Mapping[str, Any], wal: str | None, *, with_wal: bool) -> Snapshot:
    """Return the snapshot of a data volume whose Backup is complete."""
    system = re.search(
        r"^Database system identifier: +(\d+)$", _annotation(data, "pgControldata"), re.MULTILINE
    )
    return Snapshot(
        name=data["metadata"]["name"],
        wal=wal,
        ended=datetime.fromisoformat(_annotation(data, "backupEndTime")) + _ENDS_WITHIN,
        start=_start(data),
        system=system[1] if system else "",
        lacks="a snapshot of its WAL volume" if with_wal and wal is None else "",
    )


def _start(data: Mapping[str, Any]) -> str:
    """Return the first segment: of an online snapshot that of backup_label, which comes with it.

    pg_control, of which `backupStartWAL` is, was read after the backup began.
    """
    label = b64decode(_annotation(data, "backupLabelFile")).decode(errors="replace")
    if found := re.search(r"^START WAL LOCATION: .*\(file ([0-9A-F]{24})\)$", label, re.MULTILINE):
        return found[1]
    return "" if label else _annotation(data, "backupStartWAL")


def _annotation(it: Mapping[str, Any], key: str) -> str:
    return str((it["metadata"].get("annotations") or {}).get(f"cnpg.io/{key}", ""))


def _role(it: Mapping[str, Any]) -> str:
    return _annotation(it, "pvcRole")


def _backup(it: Mapping[str, Any]) -> str:
    return str(it["metadata"]["labels"].get("cnpg.io/backupName", ""))
