"""What the plugin's sidecar reserves and may use."""

import pytest

from components.postgres.sidecar import sidecar_cpu, sidecar_memory
from tests import valid


@pytest.mark.parametrize(
    ("cpu", "reserved"), [(None, "200m"), ("300m", "200m"), ("2", "1000m"), ("900m", "450m")]
)
def test_the_archiver_has_half_the_cpu_that_its_database_reserves(
    cpu: str | None, reserved: str
) -> None:
    database = valid.resources(cpu=cpu) if cpu else None
    assert sidecar_cpu(database) == reserved


@pytest.mark.parametrize(
    ("wal_jobs", "jobs", "segment", "limit"),
    [
        (1, 2, 16, "1Gi"),
        (4, 4, 16, "1Gi"),
        (8, 2, 16, "1216Mi"),
        (32, 2, 16, "3520Mi"),
        (1, 32, 16, "3424Mi"),
        (1, 2, 128, "1Gi"),
        (4, 2, 64, "1312Mi"),
    ],
)
def test_the_sidecar_has_memory_for_each_process_that_it_may_start(
    wal_jobs: int, jobs: int, segment: int, limit: str
) -> None:
    backup = valid.backup(wal_jobs=wal_jobs, jobs=jobs)
    assert sidecar_memory(backup, segment) == limit


@pytest.mark.parametrize(
    ("compression", "level", "segment", "limit"),
    [
        ("zstd", 9, 16, "1Gi"),
        ("zstd", 22, 16, "1244Mi"),
        ("xz", 6, 64, "1Gi"),
        ("xz", 9, 64, "1304Mi"),
    ],
)
def test_the_sidecar_has_memory_for_a_high_level_of_compression(
    compression: str, level: int, segment: int, limit: str
) -> None:
    """Peaks of one process, besides its 56 MiB: zstd 22 731 MiB, xz 9 768 with 64 MiB."""
    backup = valid.backup(wal_compression=compression, wal_level=level)
    assert sidecar_memory(backup, segment) == limit
