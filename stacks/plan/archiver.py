"""How fast a database's WAL is archived, and what that makes of its RPO."""

from dataclasses import dataclass

from components.postgres import PostgresSpec
from components.postgres.archiver import (
    archived_bytes_a_second,
    reserved_cores,
    rpo_under_load,
    segment_seconds,
)
from components.spec.words import rate_bytes


@dataclass(frozen=True, kw_only=True)
class ArchiverPlan:
    """The archiver of a database on a busy node, as measured; on another machine it is faster."""

    segment_bytes: int
    """Size of a WAL segment."""
    cores: float
    """The cores that are certain for it."""
    segment_seconds: float | None
    """How long it takes for a segment; None if that is unknown, as with the in-tree method, whose
    Barman shares the database's CPU."""
    bytes_per_second: int | None
    """The WAL that it archives each second, before compression; None if that is unknown. If the
    database writes more, WAL piles up."""
    write_bytes_per_second: int | None
    """The declared rate of WAL."""
    rpo_seconds: float | None
    """The age of the oldest commit that is not archived, at the declared rate; None if either is
    unknown, or if the archiver falls behind."""


def archiver(spec: PostgresSpec) -> ArchiverPlan:
    """Return the archiver of a database."""
    takes, loss, rate = segment_seconds(spec), rpo_under_load(spec), spec.objectives.write_rate
    return ArchiverPlan(
        segment_bytes=spec.wal_segment * 2**20,
        cores=reserved_cores(spec),
        segment_seconds=None if takes is None else round(takes, 1),
        bytes_per_second=archived_bytes_a_second(spec),
        write_bytes_per_second=rate_bytes(rate) if rate else None,
        rpo_seconds=None if loss is None or loss == float("inf") else round(loss, 1),
    )
