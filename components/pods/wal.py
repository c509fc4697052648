"""WAL: names of segments and histories, the contents of an archive, and how far it replays.

PostgreSQL names a segment by its timeline and its number, which is split into a log of 4 GiB and
the segment in it (xlog_internal.h, XLogFileName). Sizes are in bytes.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

DEFAULT_SEGMENT = 16 << 20
"""Size of a segment unless initdb was told another."""

_LOG = 1 << 32
_SEGMENT = re.compile(r"([0-9A-F]{24})(\.(bz2|gz|lz4|snappy|xz|zst))?")
_HISTORY = re.compile(r"([0-9A-F]{8})\.history(\.\w+)?")


@dataclass(frozen=True, slots=True)
class Segment:
    """An archived WAL segment, or the part of it between two LSNs."""

    name: str
    until: int | None
    """The LSN where the next timeline branches off, up to which recovery replays it."""

    since: int = 0
    """The LSN of what is looked at first."""


def archived(keys: Iterable[str]) -> set[str]:
    """Return the names of all whole segments.

    A `.partial` segment and a backup's label are none.
    """
    names = (key.rsplit("/", 1)[-1] for key in keys)
    return {match[1] for name in names if (match := _SEGMENT.fullmatch(name))}


def histories(keys: Iterable[str]) -> dict[int, str]:
    """Return the keys of history files by the timeline whose history each is."""
    names = ((key, key.rsplit("/", 1)[-1]) for key in keys)
    return {int(match[1], 16): key for key, name in names if (match := _HISTORY.fullmatch(name))}


def missing_history(keys: Iterable[str]) -> str | None:
    """Return the first history file that an archive lacks up to its newest timeline; None if none.

    Recovery looks for one timeline's after the other and stops at the first gap, without what the
    later ones hold (PostgreSQL, timeline.c, findNewestTimeLine). The timeline that an archive
    begins with needs none.
    """
    keys = list(keys)
    known = histories(keys)
    timelines = known.keys() | {int(name[:8], 16) for name in archived(keys)}
    if not timelines:
        return None
    last = reached(min(timelines), known)
    return f"{last + 1:08X}.history" if last < max(timelines) else None


def lineage(history: str) -> list[tuple[int, int]]:
    """Return (timeline, LSN where its successor branches off) of a history file, oldest first."""
    rows = [line.split() for line in history.splitlines() if line.strip() and line[0] != "#"]
    return [(int(row[0]), lsn(*row[1].split("/"))) for row in rows]


def reached(timeline: int, known: Collection[int]) -> int:
    """Return the timeline that recovery from a backup on *timeline* ends on, of the *known* ones.

    It looks for the next one's history, and ends at the first that is not there (PostgreSQL,
    timeline.c, findNewestTimeLine).
    """
    while timeline + 1 in known:
        timeline += 1
    return timeline


class Lineage:
    """A timeline with those that it descends from, and the part of WAL that each has."""

    def __init__(self, newest: int, ancestors: Sequence[tuple[int, int]], size: int) -> None:
        """*ancestors* are those of its history file, *size* is that of a segment."""
        starts = [0, *(end for _, end in ancestors)]
        ends: list[int | None] = [*(end for _, end in ancestors), None]
        timelines = [*(timeline for timeline, _ in ancestors), newest]
        self.newest, self.size = newest, size
        self._parts = dict(zip(timelines, zip(starts, ends, strict=True), strict=True))

    @property
    def parts(self) -> list[tuple[int, int, int | None]]:
        """Each timeline, oldest first, with the LSN that it begins at, and that of the next one."""
        return [(timeline, start, end) for timeline, (start, end) in self._parts.items()]

    def has(self, timeline: int, until: int) -> bool:
        """Return whether WAL of a timeline up to an LSN is part of it."""
        _, end = self._parts.get(timeline, (0, 0))
        return end is None or until <= end

    def followed(self, names: Iterable[str]) -> dict[int, Segment]:
        """Return by number the segments that recovery reads: from the youngest that has it."""
        found: dict[int, Segment] = {}
        for name in sorted(names):  # the youngest comes last
            start, end = self._parts.get(int(name[:8], 16), (0, 0))
            number = segment_number(name, self.size)
            if start // self.size <= number and (end is None or number * self.size < end):
                found[number] = Segment(name, end)
        return found

    def name(self, number: int) -> str:
        """Return the name that the segment *number* has on the youngest timeline that has it."""
        timeline = max(
            one for one, (start, _) in self._parts.items() if start // self.size <= number
        )
        return segment_name(timeline, number, self.size)


def stretches(numbers: Iterable[int]) -> list[range]:
    """Return the numbers as stretches without a gap, in order."""
    found: list[range] = []
    for number in sorted(numbers):
        if found and found[-1].stop == number:
            found[-1] = range(found[-1].start, number + 1)
        else:
            found.append(range(number, number + 1))
    return found


def lsn(high: str, low: str) -> int:
    """Return the position in WAL that PostgreSQL prints as `high/low`."""
    return (int(high, 16) << 32) + int(low, 16)


def segment_name(timeline: int, number: int, size: int = DEFAULT_SEGMENT) -> str:
    """Return the file name of the segment *number* of a timeline."""
    log, segment = divmod(number, _LOG // size)
    return f"{timeline:08X}{log:08X}{segment:08X}"


def segment_number(name: str, size: int = DEFAULT_SEGMENT) -> int:
    """Return the number of a segment, which continues across timelines."""
    return int(name[8:16], 16) * (_LOG // size) + int(name[16:24], 16)


def fields(info: str) -> dict[str, str]:
    """Return the fields of barman's backup.info."""
    return dict(line.split("=", 1) for line in info.splitlines() if "=" in line)


def needed(info: Mapping[str, str]) -> set[str]:
    """Return the names of the segments from a base backup's begin to its end."""
    begin, end = info["begin_wal"], info["end_wal"]
    if begin[:8] != end[:8]:
        return {begin, end}  # a standby's, promoted meanwhile: where the timelines meet is unknown
    size = int(info.get("xlog_segment_size", DEFAULT_SEGMENT))
    first, last = (segment_number(name, size) for name in (begin, end))
    timeline = int(begin[:8], 16)
    return {segment_name(timeline, number, size) for number in range(first, last + 1)}


def missing_segments(keys: Iterable[str], last: str = "", size: int = DEFAULT_SEGMENT) -> list[str]:
    """Return the WAL segments that are missing between the first and the last of an archive.

    `keys` are the objects of one server's archive, and `last` is the segment that its database
    archived last: a listing cannot show that the end is missing. A timeline begins where an earlier
    one ended, in the same segment or the next; a gap between two is named after the later one.
    """
    found = archived(keys)
    missing: list[str] = []
    end: int | None = None
    for timeline, names in groupby(sorted(found | {last} - {""}), lambda name: int(name[:8], 16)):
        numbers = [segment_number(name, size) for name in names]
        first = numbers[0] if end is None else min(numbers[0], end + 1)
        end = numbers[-1]
        wanted = (segment_name(timeline, number, size) for number in range(first, end + 1))
        missing += [name for name in wanted if name not in found]
    return missing
