"""Measured figures, for rules and hints that compare a choice with them.

Measured on two busy cores, against Ceph Reef over TLS: a real machine is hardly slower.
"""

from components.postgres.archive import BackupSpec
from components.postgres.objectives import UPLOAD_ALLOWANCE_SECONDS
from components.postgres.parameters import value_of
from components.postgres.spec import PostgresSpec
from components.spec.words import size_bytes

BACKUP_BYTES_PER_SECOND = {"bzip2": 15e6, "gzip": 4e6, "lz4": 41e6, "snappy": 39e6}
"""Speed of a base backup. A database of 905 MB took 218 s with gzip, which uses level 9 in one
thread whatever `jobs` is; 21.8 s with lz4; 22.9 s with snappy. bzip2 is the plugin's figure
(compression.md)."""

RESTORE_BYTES_PER_SECOND = {"bzip2": 28e6, "gzip": 50e6, "lz4": 81e6, "snappy": 81e6}
"""Speed of the restore of a base backup; bzip2 again is the plugin's figure."""

LEAST_RESTORE_SECONDS = 60
"""A small database restored to healthy: 33 to 89 s in the lab (docs/claims.md), mostly 60."""


SLOW = {"bzip2", "gzip"}
"""The compressions of base backups for which a faster one exists."""


def faster_format(backup: BackupSpec) -> str:
    """Return the fast compression of base backups that works with each Barman of the method."""
    return "lz4" if backup.method == "plugin" else "snappy"


def backup_seconds(storage: str, backup: BackupSpec) -> int:
    """Return how long a base backup of a full volume takes."""
    return round(size_bytes(storage) / BACKUP_BYTES_PER_SECOND[backup.data_format])


def restore_seconds(storage: str, backup: BackupSpec) -> int:
    """Return how long it takes to copy the base backup of a full volume back."""
    return round(size_bytes(storage) / RESTORE_BYTES_PER_SECOND[backup.data_format])


def forced_wal_bytes(database: PostgresSpec) -> int:
    """Return the WAL of a day with few but steady writes: a segment every archive_timeout."""
    segments = 86400 // database.objectives.archive_timeout_seconds
    return segments * database.wal_segment * 2**20


def snapshot_seconds(database: PostgresSpec) -> int:
    """Return how long a snapshot may take: its spread checkpoint, and archiving of the last WAL."""

    def number(name: str, usual: str) -> float:
        value = value_of(database.parameters, name, usual)
        return value if isinstance(value, float) else 0

    checkpoint = number("checkpoint_timeout", "5min") * number(
        "checkpoint_completion_target", "0.9"
    )
    return round(checkpoint) + UPLOAD_ALLOWANCE_SECONDS


def spoken(seconds: float) -> str:
    """Return a length of time for a sentence: 45 s, 18 min, 3 h."""
    minute, hour, two = 60, 3600, 2
    if seconds < two * minute:
        return f"{round(seconds)} s"
    if seconds < two * hour:
        return f"{round(seconds / minute)} min"
    return f"{round(seconds / hour)} h"
