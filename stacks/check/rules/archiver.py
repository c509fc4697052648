"""Rules and hints about the archiver of WAL, which must keep up with the database."""

import math
from collections.abc import Iterator

from components.postgres import PostgresSpec
from components.postgres.archive import SEGMENT, SEGMENTS
from components.postgres.archiver import (
    archive_seconds,
    archived_bytes_a_second,
    rpo_under_load,
    segment_seconds,
)
from components.postgres.wal import wal_volume
from components.spec.rule import Fault, rule
from components.spec.words import rate_bytes, seconds, size_bytes
from stacks.check.rules.measured import forced_wal_bytes, spoken
from stacks.environment import EnvironmentSpec

_MOST_CORES = 32
_SHORT_SECONDS = 60
_GIGABYTE = 1e9


@rule("environment", waivable=True)
def archiver_keeps_up(environment: EnvironmentSpec) -> Iterator[Fault]:
    """At the declared write rate WAL is archived within the RPO, also on a busy node.

    What is certain for the archiver is the CPU that it reserves, half of the database's. If the
    database writes more than that archives, WAL piles up, and the age of what a lost cluster takes
    with it grows by 0.8 s each second (measured). The figures are those of a busy machine
    (components/postgres/archiver.py). Where there is none, in-tree and at the highest levels of
    compression, nothing is judged.
    """
    for name, database in environment.databases.items():
        declared, loss = database.objectives.write_rate, rpo_under_load(database)
        most, takes = archived_bytes_a_second(database), segment_seconds(database)
        if declared is None or loss is None or most is None or takes is None or _holds(database):
            continue
        does = (
            f"the archiver keeps up with {most / 1e6:.1f} MB/s"
            if math.isinf(loss)
            else f"a segment of {database.wal_segment} MiB takes {spoken(takes)} to archive"
        )
        cures = ", or ".join(_cures(database, rate_bytes(declared))) or "a lower rate, or none"
        yield Fault(
            f"at '{declared}' the RPO '{database.objectives.rpo}' does not hold, as {does}; write "
            f"{cures}",
            ("databases", name, "objectives", "write_rate"),
        )


def _holds(database: PostgresSpec) -> bool:
    """Return whether *database* is known to hold its RPO at the rate that it declares."""
    loss = rpo_under_load(database)
    return loss is not None and loss <= seconds(database.objectives.rpo)


def _cures(database: PostgresSpec, rate: int) -> Iterator[str]:
    """Yield each change by which *database* holds its RPO at so many bytes of WAL each second."""
    backup = database.backup
    for segment in SEGMENTS:
        if _holds(database.model_copy(update={"wal_segment": segment})):
            yield f"wal_segment {segment}, if the database is new"
            break
    cheap = backup.model_copy(update={"wal_compression": "zstd", "wal_level": 1})
    if _holds(database.model_copy(update={"backup": cheap})):
        level = " and wal_level 1" if backup.wal_level else ""
        yield f"wal_compression 'zstd'{level}"
    cpu = archive_seconds(backup, database.wal_segment)
    assert cpu is not None  # noqa: S101 - the rule knows the archiver's rate
    size, objectives = database.wal_segment * 2**20, database.objectives
    left = seconds(objectives.rpo) - min(size / rate, objectives.archive_timeout_seconds)
    cores = max(rate * cpu / size, cpu / left)
    # One process uses one core at most, so no number of them archives one segment faster.
    if cores <= _MOST_CORES and cpu <= left:
        also = ""
        if cores > backup.wal_jobs:
            also = f" and wal_jobs {math.ceil(cores)}"
            also += " and wal_fetch 1" if (backup.wal_fetch or 1) > 1 else ""
        yield f"resources.cpu '{math.ceil(2 * cores)}'{also}"


@rule("hint")
def large_segments_suit_the_rpo(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Large WAL segments come with an RPO that closes them seldom.

    A database with few but steady writes closes a segment every archive_timeout and writes the rest
    of it as zeros: 67 MB for one of 64 MiB, in 0.1 to 0.2 s in which commits wait, on each replica
    too. zstd makes 30 kB of it in the archive, but while the store is away they fill the volume
    (measured).
    """
    for name, database in environment.databases.items():
        timeout = database.objectives.archive_timeout_seconds
        if database.wal_segment == SEGMENT or timeout >= _SHORT_SECONDS:
            continue
        a_day, (_, volume) = forced_wal_bytes(database), wal_volume(database)
        yield Fault(
            f"a segment of {database.wal_segment} MiB every {timeout} s is "
            f"{a_day / _GIGABYTE:.0f} GB of WAL a day although little is written, and fills "
            f"'{volume}' in {spoken(size_bytes(volume) / a_day * 86400)} while the object store is "
            "away; smaller segments or a longer RPO write less",
            ("databases", name, "wal_segment"),
        )
