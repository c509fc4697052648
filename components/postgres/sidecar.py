"""The plugin's sidecar, in which Barman runs next to PostgreSQL: its image and its resources."""

from collections.abc import Mapping
from typing import Any

from components.ceph.buckets import Bucket
from components.postgres.archive import BackupSpec
from components.postgres.barman import barman, boto3
from components.postgres.resources import ResourcesSpec, cpu_thousandths

SIDECAR_IMAGE = "ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar:v0.15.0"
"""The plugin's sidecar: Python, boto3 and barman, which the nodes of databases have pulled."""

_LEAST_SIDECAR_CPU = 200  # thousandths of a core
_SIDECAR_BASE, _SIDECAR_PROCESS, _SIDECAR_LEAST = 256, 96, 1024  # MiB
_PROCESS = 56  # MiB of a Barman process without its segment

_TABLES: Mapping[str, Mapping[int, int]] = {
    "xz": {3: 32, 6: 96, 9: 640},
    "zstd": {9: 0, 19: 64, 22: 700},
}
"""MiB that a compressor needs besides its segment, by the highest level that they hold for."""


def object_store(
    backup: BackupSpec, archive: Bucket, database: ResourcesSpec | None, segment: int
) -> Mapping[str, Any]:
    """Return the plugin's `ObjectStore.spec`; *database* is what the instances reserve."""
    return {
        "configuration": barman(backup, archive, segment),
        "retentionPolicy": backup.retention,
        "instanceSidecarConfiguration": sidecar(backup, database, segment, archive.region),
    }


def sidecar(
    backup: BackupSpec, database: ResourcesSpec | None, segment: int, region: str
) -> dict[str, Any]:
    """Return the `instanceSidecarConfiguration` of an ObjectStore, for a store in a *region*."""
    return {
        "env": boto3(region),
        "resources": {
            "requests": {"cpu": sidecar_cpu(database), "memory": "256Mi"},
            "limits": {"memory": sidecar_memory(backup, segment)},
        },
    }


def sidecar_cpu(database: ResourcesSpec | None) -> str:
    """Return the CPU that the sidecar reserves: half of what its database reserves.

    Under load the two share the pod's CPU in proportion to what they reserve. With 200m next to a
    database's 2 cores the archiver gets a tenth, 2.7 MB/s, and WAL piles up; with half it gets a
    third (measured).
    """
    half = cpu_thousandths(database.cpu) // 2 if database else 0
    return f"{max(half, _LEAST_SIDECAR_CPU)}m"


def sidecar_memory(backup: BackupSpec, segment: int) -> str:
    """Return the memory limit of the sidecar, which archives WAL during a base backup too.

    Each of `wal_jobs` and `jobs` is a Barman process. The minimum is above the plugin's default: a
    38 MB database peaked at 254 MiB in a base backup, and a restore of under 1 GB was killed at 512
    MiB (cozystack #4220, otaru #2728).
    """
    needed = _SIDECAR_BASE + barman_megabytes(backup, segment)
    return "1Gi" if needed <= _SIDECAR_LEAST else f"{needed}Mi"


def barman_megabytes(backup: BackupSpec, segment: int) -> int:
    """Return the MiB that Barman's processes take while WAL is archived during a base backup.

    One that archives holds up to two and a half segments: 95 MiB with lz4 and segments of 16 MiB,
    205 with 64; with zstd 70 and 88. High levels of zstd and xz take up to 700 more (measured).
    """
    tables, level = _TABLES.get(backup.wal_format, {}), backup.level or 0
    more = next((needed for most, needed in tables.items() if level <= most), 0)
    return (_PROCESS + 5 * segment // 2 + more) * backup.wal_jobs + _SIDECAR_PROCESS * backup.jobs
