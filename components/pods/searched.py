"""The WAL of an archive, searched by time: each timeline on its own, as clocks may differ."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise

from .overlaps import Overlap, Span, crossing
from .s3 import Fault
from .segments import Damaged
from .transactions import RMGRS, Reader, Transaction
from .wal import Lineage

_DISORDER = timedelta(minutes=1)
"""By far less the ends of transactions in WAL are out of the order of their times, by one clock."""

_ON_DISK = 128 << 20  # bytes of segments that are dumped at once

Dump = Callable[[Sequence[int], Sequence[str]], Iterable[str]]
"""pg_waldump's lines for consecutive segments, by number, and for resource managers."""


@dataclass(frozen=True)
class Part:
    """The WAL of one timeline: times in it are one clock's."""

    timeline: int
    numbers: Sequence[int]
    """Its segments, with the one in which the next timeline branches off."""

    since: int
    until: int | None
    """The LSN where the next timeline branches off."""


class Wal:
    """The segments that recovery reads, in order; a gap between two numbers is one in the WAL."""

    def __init__(self, names: Mapping[int, str], dump: Dump, way: Lineage) -> None:
        """*names* of the segments by number, and the timelines that recovery follows."""
        self._names, self._dump, self._size = names, dump, way.size
        self._timelines = [self._part(*it) for it in way.parts]

    def _part(self, timeline: int, since: int, until: int | None) -> Part:
        begin, end = since // self._size, until and (until - 1) // self._size
        numbers = [
            number
            for number, name in sorted(self._names.items())
            # What an earlier timeline wrote after the branch is lost.
            if begin <= number and (end is None or number <= end) and int(name[:8], 16) >= timeline
        ]
        return Part(timeline, numbers, since, until)

    def last(self) -> datetime | None:
        """Return when the last transaction ended; None if there is none."""
        ends = (self._last(part) for part in reversed(self._timelines))
        return next(filter(None, ends), None)

    @cached_property
    def overlaps(self) -> list[Overlap]:
        """Where timelines overlap in time."""
        return crossing(self._spans)

    @cached_property
    def _spans(self) -> list[Span]:
        """When the first and the last transaction of each timeline ended that can be read.

        Where a timeline ends, the next begins: mostly one segment is fetched for both.
        """
        return [
            (part.timeline, self._moment(part, 0, len(part.numbers)), self._last(part))
            for part in self._timelines
        ]

    def _last(self, part: Part) -> datetime | None:
        for number in reversed(part.numbers):
            reader = Reader(0, part.since, part.until)
            with suppress(Damaged):
                list(reader.read(self._dump([number], ["Transaction"])))
            if reader.moment:
                return reader.moment
        return None

    def begin(self, part: Part, since: datetime) -> int:
        """Return the index of a segment from which all is read that ended at *since* or later."""
        low, high = 0, len(part.numbers)
        while low < high:
            middle = (low + high) // 2
            moment = self._moment(part, middle, high)
            if moment is None or moment >= since:
                high = middle
            else:
                low = middle + 1
        return max(0, low - 2)  # one more: ends are not strictly in the order of their times

    def _moment(self, part: Part, index: int, before: int) -> datetime | None:
        """Return when the first transaction ended from the segment *index* on; None: none did."""
        for number in part.numbers[index:before]:
            reader = Reader(0, part.since, part.until)
            with suppress(Damaged):
                for line in self._dump([number], ["Transaction"]):
                    list(reader.read([line]))
                    if reader.moment:
                        return reader.moment
        return None

    def read(self, major: int, since: datetime, until: datetime) -> Iterator[Transaction]:
        """Yield what was lost between two moments; raise Fault where WAL is damaged."""
        reader: Reader | None = None
        for part in self._in(since, until):
            begin = self.begin(part, since)
            if begin or reader is None or reader.until != part.since:
                reader = Reader(major, part.since)
            reader.until = part.until
            yield from self._read(reader, part.numbers[begin:], since, until)
            if reader.moment and reader.moment > until:
                reader = None

    def _in(self, since: datetime, until: datetime) -> Iterator[Part]:
        """Yield the timelines that may have transactions that ended between two moments.

        What lies between two timelines is of both: a damaged segment may be there.
        """
        if len(self._timelines) == 1:
            yield from self._timelines
            return
        nothing: Span = 0, None, None
        spans = [nothing, *self._spans, nothing]
        for part, before, own, after in zip(
            self._timelines, spans, spans[1:], spans[2:], strict=False
        ):
            first = min(filter(None, (before[2], own[1])), default=since)
            last = max(filter(None, (own[2], after[1])), default=until)
            if first <= until + _DISORDER and since - _DISORDER <= last:
                yield part

    def _read(
        self, reader: Reader, segments: Sequence[int], since: datetime, until: datetime
    ) -> Iterator[Transaction]:
        for numbers in self._parts(segments):
            for found in reader.read(self._dump(numbers, RMGRS)):
                if since <= found.at <= until:
                    yield found
            if reader.moment and reader.moment > until:
                return
            if reader.position // self._size < numbers[-1] - 1:
                self._check(numbers)

    def _check(self, numbers: Sequence[int]) -> None:
        """Raise Fault unless pg_waldump reads to the end; a segment can lack what is looked for."""
        reader = Reader(0)
        for _ in reader.read(self._dump(numbers, [])):
            pass
        reached = max(reader.position // self._size, numbers[0])
        if reached < numbers[-1] - 1:
            raise Fault(
                f"WAL {self._names[reached]}: pg_waldump reads no further than it; look at the "
                "time before or after, and make a base backup"
            )

    def _parts(self, numbers: Sequence[int]) -> Iterator[Sequence[int]]:
        """Yield parts of one timeline without a gap; one begins with the last of the one before.

        A record can begin in one segment and end in the next.
        """
        breaks = [
            place
            for place, (one, other) in enumerate(pairwise(numbers), start=1)
            if other != one + 1 or self._names[one][:8] != self._names[other][:8]
        ]
        at_once = max(1, _ON_DISK // self._size)
        for start, end in pairwise([0, *breaks, len(numbers)]):
            for first in range(start, max(start + 1, end - 1), at_once):
                yield numbers[first : min(first + at_once + 1, end)]
