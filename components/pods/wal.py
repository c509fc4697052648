"""WAL: names of segments and histories, the contents of an archive, and how far it replays.

PostgreSQL names a segment by its timeline and its number, which is split into a log of 4 GiB and
the segment in it (xlog_internal.h, XLogFileName). Sizes are in bytes.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

DEFAULT_SEGMENT = 16 << 20
"""Size of a segment unless initdb was told another."""

_LOG = 1 << 32
_SEGMENT = re.compile(r"([0-9A-F]{24})(\.(bz2|gz|lz4|snappy|xz|zst))?")
_HISTORY = re.compile(r"([0-9A-F]{8})\.history(\.\w+)?")


@dataclass(frozen=True)
class Backup:
    """A complete base backup."""

    began: str
    """The WAL segment it begins with."""

    ended: datetime
    segment: int
    """Size of a WAL segment in bytes."""


@dataclass(frozen=True)
class Segment:
    """An archived WAL segment, up to the LSN to which recovery replays it."""

    name: str
    until: int | None
    """The LSN where the next timeline branches off."""


def backups(listed: str) -> list[Backup]:
    """Read barman-cloud-backup-list's JSON; oldest end first."""
    found = [one for one in json.loads(listed)["backups_list"] if one["status"] == "DONE"]
    made = [
        Backup(
            one["begin_wal"],
            datetime.fromisoformat(one["end_time_iso"]),
            int(one["xlog_segment_size"]),
        )
        for one in found
    ]
    return sorted(made, key=lambda one: one.ended)


def archived(keys: Iterable[str]) -> tuple[set[str], str | None]:
    """Return the names of all whole segments, and of the newest timeline's history, if any.

    A `.partial` segment and a backup's label are neither.
    """
    names = [key.rsplit("/", 1)[-1] for key in keys]
    segments = {match[1] for name in names if (match := _SEGMENT.fullmatch(name))}
    histories = {match[1] for name in names if (match := _HISTORY.fullmatch(name))}
    return segments, f"{max(histories)}.history" if histories else None


def missing_history(keys: Iterable[str]) -> str | None:
    """Return the first history file that an archive lacks up to its newest timeline; None if none.

    Recovery looks for one timeline's after the other and stops at the first gap, without what the
    later ones hold (PostgreSQL, timeline.c, findNewestTimeLine). The timeline that an archive
    begins with needs none.
    """
    names = [key.rsplit("/", 1)[-1] for key in keys]
    histories = {int(match[1], 16) for name in names if (match := _HISTORY.fullmatch(name))}
    segments = {int(match[1][:8], 16) for name in names if (match := _SEGMENT.fullmatch(name))}
    timelines = histories | segments
    if not timelines:
        return None
    reached = min(timelines)
    while reached + 1 in histories:
        reached += 1
    return f"{reached + 1:08X}.history" if reached < max(timelines) else None


def lineage(history: str) -> list[tuple[int, int]]:
    """Return (timeline, LSN where its successor branches off) of a history file, oldest first."""
    rows = [line.split() for line in history.splitlines() if line.strip() and line[0] != "#"]
    return [(int(row[0]), lsn(*row[1].split("/"))) for row in rows]


def replayed(
    began: str, size: int, names: set[str], newest: int, ancestors: Sequence[tuple[int, int]]
) -> list[Segment]:
    """Return the segments that recovery replays from segment `began` on, up to the first gap.

    It follows the timeline `newest` and reads a segment from the youngest timeline that has it.
    From a backup on a timeline that `newest` does not descend from, it replays nothing.
    """
    starts = [0, *(lsn for _, lsn in ancestors)]
    ends: list[int | None] = [*(lsn for _, lsn in ancestors), None]
    timelines = [*(timeline for timeline, _ in ancestors), newest]
    branches = list(zip(timelines, starts, ends, strict=True))

    def segment(number: int) -> Segment | None:
        for timeline, start, end in reversed(branches):
            name = segment_name(timeline, number, size)
            within = start // size <= number and (end is None or number * size < end)
            if within and name in names:
                return Segment(name, end)
        return None

    found: list[Segment] = []
    if int(began[:8], 16) in timelines:
        first = segment_number(began, size)
        while (one := segment(first + len(found))) is not None:
            found.append(one)
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
    found, _ = archived(keys)
    missing: list[str] = []
    reached: int | None = None
    for timeline, names in groupby(sorted(found | {last} - {""}), lambda name: int(name[:8], 16)):
        numbers = [segment_number(name, size) for name in names]
        first = numbers[0] if reached is None else min(numbers[0], reached + 1)
        reached = numbers[-1]
        wanted = (segment_name(timeline, number, size) for number in range(first, reached + 1))
        missing += [name for name in wanted if name not in found]
    return missing
