"""How fast WAL is archived and fetched: what Barman costs, and what the sidecar reserves.

Measured with Barman 3.19.1 on two cores that other work kept busy, with the WAL of bulk inserts: a
quiet machine needs half to two thirds. 16 and 64 MiB: zstd at levels 1 and 4, end to end, with the
operator's own process; 32 and 128 MiB lie within a tenth of what follows from them. The other
formats and levels by their ratio to zstd in one sitting.
"""

from collections.abc import Mapping

from components.postgres.archive import SEGMENT, BackupSpec
from components.postgres.resources import cpu_thousandths
from components.postgres.sidecar import sidecar_cpu
from components.postgres.spec import PostgresSpec
from components.spec.words import rate_bytes

_PROCESS = 0.85
"""CPU seconds of a Barman process that archives a segment, whatever is in it: most of it starts
Python and boto3."""

_COMPRESSION: Mapping[str, Mapping[int, float]] = {
    "bzip2": {5: 1.7},
    "gzip": {1: 0.57, 6: 1.4},
    "lz4": {2: 0.3, 6: 0.9},
    "snappy": {0: 0.1},
    "xz": {1: 5.5, 3: 31},
    "zstd": {1: 0.14, 4: 0.51, 9: 1.2},
}
"""CPU seconds to compress 16 MiB, by the highest level that they hold for."""

_OWN = {"bzip2": 5, "gzip": 6, "lz4": 6, "snappy": 0, "xz": 3, "zstd": 4}
"""Barman's own level of each (compression.py, LEVEL_MEDIUM, 3.20.0)."""

_FETCH, _REPLAY = 2.5, 0.45
"""Seconds of a process that fetches segments in a recovery, and of 16 MiB that are copied and
replayed: 43 segments of 16 MiB, one at a time, took 135 s in the lab. Their ratio is that of 640 MB
fetched 1, 8 and 16 at once, and of segments of 64 MiB: 95 s became 20."""


def archive_seconds(backup: BackupSpec, segment: int) -> float | None:
    """Return the CPU seconds that a segment of *segment* MiB takes; None: not measured."""
    costs = _COMPRESSION[backup.wal_format]
    level = _OWN[backup.wal_format] if backup.level is None else backup.level
    known = [cost for most, cost in costs.items() if level <= most]
    return _PROCESS + known[0] * segment / SEGMENT if known else None


def reserved_cores(spec: PostgresSpec) -> float:
    """Return the cores that are certain for the archiver while the node is busy.

    Each of `wal_jobs` uses one at most.
    """
    return min(cpu_thousandths(sidecar_cpu(spec.resources)) / 1000, spec.backup.wal_jobs)


def segment_seconds(spec: PostgresSpec) -> float | None:
    """Return how long archiving a segment takes on a busy node; None: unknown.

    In-tree Barman shares the database's CPU, and nothing is certain for it.
    """
    if spec.backup.method == "in-tree":
        return None
    cpu = archive_seconds(spec.backup, spec.wal_segment)
    return None if cpu is None else cpu / min(reserved_cores(spec), 1)


def archived_bytes_a_second(spec: PostgresSpec) -> int | None:
    """Return the bytes of WAL that are archived each second on a busy node; None: unknown."""
    takes = segment_seconds(spec)
    if takes is None:
        return None
    at_once = max(reserved_cores(spec), 1)
    return round(spec.wal_segment * 2**20 * at_once / takes)


def rpo_under_load(spec: PostgresSpec) -> float | None:
    """Return the age of the oldest commit that is not archived, at the declared write rate.

    A segment fills, and then it is archived. Infinite if the archiver falls behind; None if no rate
    is declared, or the archiver's is unknown.
    """
    takes, most = segment_seconds(spec), archived_bytes_a_second(spec)
    if spec.objectives.write_rate is None or takes is None or most is None:
        return None
    rate = rate_bytes(spec.objectives.write_rate)
    if rate > most:
        return float("inf")
    fills = spec.wal_segment * 2**20 / rate
    return min(fills, spec.objectives.archive_timeout_seconds) + takes


def replay_seconds(spec: PostgresSpec) -> float:
    """Return how long a recovery takes for one WAL segment: to fetch it, and to replay it."""
    at_once = max(spec.backup.fetched(spec.wal_segment), 1)
    return _FETCH / at_once + _REPLAY * spec.wal_segment / SEGMENT
