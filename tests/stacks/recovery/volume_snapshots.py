"""VolumeSnapshots as CloudNativePG leaves them when their Backup is complete."""

from base64 import b64encode
from typing import Any

CONTROL = """\
pg_control version number:            1300
Database system identifier:           77
Latest checkpoint's REDO WAL file:    000000010000000000000009
"""
# What pg_backup_stop of PostgreSQL 17 returns, with a begin that pg_control has not.
LABEL = """\
START WAL LOCATION: 0/8000028 (file {start})
CHECKPOINT LOCATION: 0/8000080
BACKUP METHOD: streamed
BACKUP FROM: standby
START TIME: 2026-11-28 02:00:00 UTC
LABEL: n8n-postgres-snapshot-20261128020000
START TIMELINE: 1
"""


def volume_snapshots(
    name: str,
    ended: str,
    *,
    start: str = "000000010000000000000008",
    online: bool = True,
    wal: bool = False,
) -> list[dict[str, Any]]:
    """Return the snapshots of one Backup: of the data volume, and of the WAL volume if it has one.

    They are in the namespace n8n-prod, of the Cluster n8n-postgres.
    """
    label = b64encode(LABEL.format(start=start).encode()).decode()
    annotations = {
        "cnpg.io/instanceName": "n8n-postgres-2",
        "cnpg.io/pgControldata": CONTROL,
        "cnpg.io/backupStartWAL": "000000010000000000000009" if online else start,
        "cnpg.io/backupEndTime": ended,
        **({"cnpg.io/backupLabelFile": label} if online else {}),
    }
    roles = {"PG_DATA": name} | ({"PG_WAL": f"{name}-wal"} if wal else {})
    return [
        {
            "kind": "VolumeSnapshot",
            "name": called,
            "namespace": "n8n-prod",
            "metadata": {
                "name": called,
                "labels": {"cnpg.io/cluster": "n8n-postgres", "cnpg.io/backupName": name},
                "annotations": {"cnpg.io/pvcRole": role, **annotations},
            },
            "status": {"readyToUse": True},
        }
        for role, called in roles.items()
    ]
