"""Where the timelines of an archive overlap in time, as the clocks of two primaries differed.

Recovery to a time ends at the first transaction that ended later, and looks at nothing after it
(PostgreSQL, xlogrecovery.c, recoveryStopsBefore). If the primary before a failover had the later
clock, a time up to its last transaction therefore reaches nothing of the next timeline
(findings/postgres-target-time-and-clocks.sh).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from .ended import Times
from .segments import Damaged
from .wal import Lineage, Segment

Span: TypeAlias = tuple[int, datetime | None, datetime | None]
"""A timeline, and when its first and its last transaction ended; None: it is not known."""


@dataclass(frozen=True)
class Overlap:
    """A span of time in which transactions of a timeline ended, and of those that follow it."""

    timeline: int

    begin: datetime
    """When the first transaction ended of those that follow."""

    end: datetime
    """When the timeline's last one ended: recovery to then, or later, replays all of it."""

    @property
    def json(self) -> Mapping[str, str | int]:
        """It as JSON."""
        span = {"begin": self.begin.isoformat(), "end": self.end.isoformat()}
        return {"timeline": self.timeline, **span}


def overlaps(
    way: Lineage, segments: Mapping[int, Segment], stretch: range, since: int, times: Times
) -> list[Overlap]:
    """Return the overlaps in a stretch of WAL, from an LSN on, one for each timeline.

    Two segments are read where a timeline begins, mostly one and the same. Nothing is said where
    one is damaged: recovery ends there.
    """
    parts = [
        (timeline, max(start, since), end)
        for timeline, start, end in way.parts
        if start < stretch.stop * way.size and (end is None or since < end)
    ]

    def ended(part: tuple[int, int, int | None], *, last: bool) -> datetime | None:
        timeline, start, end = part
        stop = stretch.stop if end is None else min(stretch.stop, (end - 1) // way.size + 1)
        numbers = range(start // way.size, stop)
        for number in reversed(numbers) if last else numbers:
            name = segments[number].name
            # What an earlier timeline wrote after the branch is lost.
            if int(name[:8], 16) >= timeline and (found := times(Segment(name, end, start))):
                return max(found) if last else min(found)
        return None

    try:
        ends = [*(ended(it, last=True) for it in parts[:-1]), None]
        firsts = [None, *(ended(it, last=False) for it in parts[1:])]
    except Damaged:
        return []
    return crossing([*zip((it for it, _, _ in parts), firsts, ends, strict=True)])


def crossing(spans: Sequence[Span]) -> list[Overlap]:
    """Return the overlaps of timelines, out of their *spans*, oldest first."""
    found: list[Overlap] = []
    for following, (timeline, _, end) in enumerate(spans, start=1):
        begin = min((first for _, first, _ in spans[following:] if first), default=None)
        if begin and end and begin < end:
            found.append(Overlap(timeline, begin, end))
    return found
