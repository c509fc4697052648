"""Base backups of an archive, out of its listing and their backup.info."""

import ast
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .s3 import Gone, Store
from .wal import DEFAULT_SEGMENT, fields, lsn, segment_number

INFO = "backup.info"
_READERS = 8
ARCHIVE = re.compile(r"(?P<what>data|\d+)(_(?P<part>\d{4}))?\.tar(\.\w+)?")
"""The name of an object with files, of the data or of a tablespace, by its OID."""


@dataclass(frozen=True)
class Backup:
    """A base backup."""

    name: str
    """barman's id of it, which is its folder."""

    status: str
    """barman's word: DONE if it is whole. `UNFINISHED` without a backup.info, which comes last."""

    size: int
    """Bytes of its objects."""

    lacks: str = ""
    """Which of its objects is not there; empty if none is known to be missing."""

    began: str = ""
    """The WAL segment that it begins with."""

    begun: datetime | None = None
    ended: datetime | None = None
    """One that failed may have both: its end is noted before the last of it is uploaded."""

    until: int = 0
    """LSN of its end: recovery must replay up to there."""

    timeline: int = 0
    segment: int = DEFAULT_SEGMENT
    """Size of a WAL segment in bytes."""

    major: int = 0
    """PostgreSQL's major version."""

    system: str = ""
    """The identifier of its database system."""

    @property
    def whole(self) -> bool:
        """Whether it can be restored, as far as its own objects go."""
        return self.status == "DONE" and not self.lacks


def first(taken: Iterable[Backup], until: datetime | None) -> Backup | None:
    """Return the base backup that CloudNativePG begins a recovery *until* a time with, if any.

    It is the newest one with a begin and an end, whole or not (barman-cloud v0.5.2, catalog.go,
    isBackupDone). None as the time: to the end of the archive.
    """
    fit = [it for it in taken if it.begun and it.ended and (until is None or it.ended <= until)]
    return max(fit, key=lambda it: str(it.ended), default=None)


def gap_after(newest: Backup, gaps: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the first of *gaps* that a restore of the base backup *newest* ends at, if any."""
    began = segment_number(newest.began, newest.segment)
    ends = (it for it in gaps if segment_number(it["last"], newest.segment) >= began)
    return next(ends, None)


def held(taken: Iterable[Backup], names: Iterable[str]) -> int:
    """Return how many WAL segments of *names* are kept only as a base backup failed.

    Retention deletes base backups that are DONE, and keeps all WAL of the timeline of any other
    (barman, cloud_backup_delete.py); those that are DONE need theirs and later ones.
    """
    timelines: dict[bool, set[int]] = {True: set(), False: set()}
    for one in taken:
        timelines[one.status == "DONE"].add(one.timeline)
    needed = min(timelines[True], default=0)
    kept = {it for it in timelines[False] if it < needed}
    return sum(int(name[:8], 16) in kept for name in names)


def folders(sizes: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Return sizes of objects `<folder>/<object>` by folder and object."""
    found: dict[str, dict[str, int]] = {}
    for key, size in sizes.items():
        folder, _, name = key.partition("/")
        if name:
            found.setdefault(folder, {})[name] = size
    return found


def backup(name: str, objects: Mapping[str, int], info: str | None) -> Backup:
    """Return a base backup out of its objects, by size, and its backup.info, if it has one."""
    size = sum(objects.values())
    if info is None:
        return Backup(name, "UNFINISHED", size)
    known = fields(info)
    status = known.get("status", "UNKNOWN")
    if status != "DONE":
        said = known.get("timeline", "")
        begun, ended = (_moment(known.get(f"{it}_time")) for it in ("begin", "end"))
        timeline = int(said) if said.isdecimal() else 0
        return Backup(name, status, size, begun=begun, ended=ended, timeline=timeline)
    try:
        return Backup(
            name,
            status,
            size,
            _lacking(objects, _tablespaces(known.get("tablespaces"))),
            known["begin_wal"],
            _moment(known["begin_time"]),
            datetime.fromisoformat(known["end_time"]).astimezone(UTC),
            lsn(*known["end_xlog"].split("/")),
            int(known["timeline"]),
            int(known.get("xlog_segment_size", DEFAULT_SEGMENT)),
            int(known["version"]) // 10000,
            known.get("systemid", ""),
        )
    except (KeyError, ValueError, TypeError, SyntaxError):
        return Backup(name, "UNREADABLE", size)


def base_backups(store: Store, server: str) -> list[Backup]:
    """Return the base backups of a server; each backup.info is read, several at once."""
    below = f"{server}/base/"
    listed = store.listed(below)
    each = folders({key.removeprefix(below): entry.size for key, entry in listed.items()})

    def read(name: str) -> Backup:
        info: str | None = None
        if INFO in each[name]:
            try:
                got = store.ask("get_object", f"{below}{name}/{INFO}")
                info = store.read(got["Body"]).decode()
            except Gone:  # retention deletes it
                info = None
        return backup(name, each[name], info)

    with ThreadPoolExecutor(_READERS) as readers:
        return list(readers.map(read, each))


def _lacking(objects: Collection[str], tablespaces: Iterable[str]) -> str:
    """Return what is missing of a backup: the data, a tablespace, or a part between two others.

    The last parts of what barman splits leave no trace where they are missing (barman,
    cloud.py, get_backup_files).
    """
    parts: dict[str, set[int]] = {}
    for match in filter(None, map(ARCHIVE.fullmatch, objects)):
        parts.setdefault(match["what"], set()).add(int(match["part"] or 0))
    for what in ("data", *tablespaces):
        there = parts.get(what, set())
        for part in range(max(there, default=0) + 1):
            if part not in there:
                return f"{what}_{part:04}.tar" if part else f"{what}.tar"
    return ""


def _tablespaces(said: str | None) -> list[str]:
    return [str(oid) for _, oid, _ in ast.literal_eval(said or "None") or ()]


def _moment(said: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(said or "").astimezone(UTC)
    except ValueError:
        return None
