"""`python3 -m pods.window <settings as JSON>`: what an archive can be restored to.

The settings are the `server`, the store `source` and, as `starts`, the WAL segments that volume
snapshots begin with. pg_waldump, in the pod's other container, is asked for the last transactions,
and for those where a timeline begins; everything else follows from names and from backup.info.
"""

import tempfile
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from .backups import Backup, base_backups
from .ended import Known, Reader, Times
from .overlaps import Overlap, overlaps
from .s3 import Store
from .segments import Archived
from .told import tell
from .wal import Lineage, Segment, lineage, missing_history, reached, segment_number, stretches
from .waldump import FOLDER, Waldump


@dataclass(frozen=True)
class Window:
    """What can be restored out of one stretch of WAL without a gap."""

    backups: tuple[Backup, ...]
    """The base backups that it can be restored from, the oldest end first."""

    latest: datetime | None
    """The last restorable time; None if no transaction ended after the base backup."""

    timeline: int
    first: str
    """The first WAL segment that is needed."""

    last: str
    """The last WAL segment: where a recovery without a target ends."""

    starts: tuple[str, ...]
    """Which of the segments that snapshots begin with are in it."""

    overlaps: tuple[Overlap, ...]
    """The times to which recovery stops before timelines that have them too, oldest first."""


def windows(
    taken: Sequence[Backup],
    way: Lineage,
    segments: Mapping[int, Segment],
    times: Times,
    starts: Iterable[str],
) -> list[Window]:
    """Return the windows of a lineage, one for each stretch of WAL that a base backup begins.

    PostgreSQL stops *before* the first transaction that ended after the target. The latest target
    is therefore the last microsecond before the last one's end; with that end itself as the target
    nothing stops recovery, and it fails at the end of the archive.
    """
    found: list[Window] = []
    for stretch in stretches(segments):
        usable = sorted((it for it in taken if _usable(it, way, stretch)), key=_end)
        if not usable:
            continue
        oldest = usable[0]
        first = min(segment_number(it.began, way.size) for it in usable)
        latest: datetime | None = None
        for number in reversed(range(oldest.until // way.size, stretch.stop)):
            after = [at for at in times(segments[number]) if at > _end(oldest)]
            if after:
                latest = max(after) - timedelta(microseconds=1)
                break
        first_name, last_name = segments[first].name, segments[stretch[-1]].name
        names = {segments[number].name for number in stretch}
        held = tuple(name for name in starts if name in names)
        since = min(it.until for it in usable)
        twice = tuple(overlaps(way, segments, stretch, since, times))
        found.append(Window(tuple(usable), latest, way.newest, first_name, last_name, held, twice))
    return found


def gaps(way: Lineage, segments: Mapping[int, Segment], first: int) -> list[Mapping[str, Any]]:
    """Return the gaps in the WAL of a lineage from the segment *first* on."""
    numbers = [number for number in segments if number >= first]
    reach = first
    found: list[Mapping[str, Any]] = []
    for stretch in stretches(numbers):
        if stretch.start > reach:
            last = stretch.start - 1
            found.append(
                {"first": way.name(reach), "last": way.name(last), "segments": last - reach + 1}
            )
        reach = stretch.stop
    return found


def _usable(one: Backup, way: Lineage, stretch: range) -> bool:
    """Return whether a backup can be restored and the stretch has all WAL that it needs."""
    return one.whole and way.has(one.timeline, one.until) and not _outside(one, stretch)


def _outside(one: Backup, numbers: Container[int]) -> list[int]:
    """Return the numbers of the segments from a backup's begin to its end that are missing."""
    needed = range(segment_number(one.began, one.segment), (one.until - 1) // one.segment + 1)
    return [number for number in needed if number not in numbers]


def _end(one: Backup) -> datetime:
    return one.ended or datetime.max.replace(tzinfo=UTC)


def survey(
    taken: Sequence[Backup], archive: Archived, times: Times, starts: Sequence[str]
) -> Mapping[str, Any]:
    """Return the windows, base backups, gaps and missing histories of an archive.

    *starts* are the segments that snapshots begin with.
    """
    spans: list[Window] = []
    missing: list[Mapping[str, Any]] = []
    faults = {it.name: "" if it.status == "DONE" else f"it is {it.status}" for it in taken}
    faults |= {it.name: f"{it.lacks} is missing" for it in taken if it.lacks}
    ways: dict[int, list[Backup]] = {}
    for one in taken:
        if one.whole:
            ways.setdefault(reached(one.timeline, archive.histories), []).append(one)
    for newest, alike in ways.items():
        way = Lineage(newest, lineage(archive.history(newest)), alike[0].segment)
        segments = way.followed(archive.names)
        # A recovery from there must end on the same timeline.
        alike_starts = [
            it for it in starts if reached(int(it[:8], 16), archive.histories) == newest
        ]
        spans += windows(alike, way, segments, times, alike_starts)
        followed = [it for it in alike if way.has(it.timeline, it.until)]
        for one in alike:
            if one not in followed:
                faults[one.name] = f"timeline {newest}, which recovery follows, is not from it"
            elif absent := _outside(one, segments):
                faults[one.name] = f"its WAL {way.name(absent[0])} is missing"
        if followed:
            first = min(segment_number(it.began, way.size) for it in followed)
            missing += [it for it in gaps(way, segments, first) if it not in missing]
    spans.sort(key=lambda it: _end(it.backups[-1]))
    return {
        "segments": len(archive.names),
        "windows": [told(span) for span in spans],
        "backups": [
            {
                "id": one.name,
                "status": one.status,
                "begin": one.begun and one.begun.isoformat(),
                "end": one.ended and one.ended.isoformat(),
                "bytes": one.size,
                "timeline": one.timeline or None,
                "system": one.system or None,
                "fault": faults[one.name] or None,
            }
            for one in sorted(taken, key=lambda it: it.name)
        ],
        "gaps": missing,
        "missing_history": missing_history([*archive.names, *archive.histories.values()]),
    }


def told(span: Window) -> Mapping[str, Any]:
    """Return a window as JSON."""
    return {
        "earliest": _end(span.backups[0]).isoformat(),
        "latest": span.latest and span.latest.isoformat(),
        "backups": [one.name for one in span.backups],
        "timeline": span.timeline,
        "first_wal": span.first,
        "last_wal": span.last,
        "starts": [*span.starts],
        "overlaps": [it.json for it in span.overlaps],
    }


def read(store: Store, server: str) -> tuple[list[Backup], Archived]:
    """Return the base backups and the WAL of a server."""
    taken = base_backups(store, server)
    # Listed after backup.info was read, which comes when a backup's WAL is archived.
    return taken, Archived(store, store.keys(f"{server}/wals/"))


def look(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what the archive of `server` in the store `source` can be restored to."""
    taken, archive = read(Store("source", settings["source"]), settings["server"])
    return examine(taken, archive, settings["starts"], Waldump(), {})


def examine(
    taken: Sequence[Backup], archive: Archived, starts: Sequence[str], dump: Waldump, known: Known
) -> Mapping[str, Any]:
    """Return the survey of an archive, and why no ends of its windows are read, if so."""
    whole = [one for one in taken if one.whole]
    if not whole:
        return {**survey(taken, archive, lambda _: [], starts), "unread": None}
    newest = max(whole, key=_end)
    if dump.major != newest.major:
        unread = (
            f"pg_waldump of PostgreSQL {dump.major} reads no WAL of {newest.major}, so no latest "
            "time is known"
        )
        return {**survey(taken, archive, lambda _: [], starts), "unread": unread}
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        reader = Reader(archive, newest.segment, Path(folder), dump, known)
        return {**survey(taken, archive, reader, starts), "unread": None}


if __name__ == "__main__":
    tell(look)
