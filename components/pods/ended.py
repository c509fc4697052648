"""When the transactions in the WAL of an archive ended, as pg_waldump says."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from .segments import Archived
from .wal import Segment, lsn, segment_number
from .waldump import Waldump

_ENDED = re.compile(
    r"lsn: (?P<high>[0-9A-F]+)/(?P<low>[0-9A-F]+), .*"
    r"desc: (?:COMMIT|ABORT)(?:_PREPARED \d+:)? (?P<time>[-0-9]+ [:0-9]+\.\d+) UTC"
)

Times = Callable[[Segment], Sequence[datetime]]
"""When the transactions of a segment ended; the first and the last end are enough."""

Known = dict[tuple[Segment, str], Sequence[datetime]]
"""What was read already: by the segment, and the one that it was read with."""


def endings(dumped: Iterable[str], until: int | None = None, since: int = 0) -> list[datetime]:
    """Return the end times of the transactions that pg_waldump printed, between two LSNs.

    Recovery stops at commits and aborts alike.
    """
    return [
        datetime.fromisoformat(match["time"]).replace(tzinfo=UTC)
        for match in map(_ENDED.search, dumped)
        if match
        and since <= (at := lsn(match["high"], match["low"]))
        and (until is None or at < until)
    ]


class Reader:
    """Reads when transactions of a segment ended, from the last segment to the first.

    A record may reach into the next segment, which is therefore kept until the one before is read.
    """

    def __init__(
        self, archive: Archived, size: int, folder: Path, dump: Waldump, known: Known
    ) -> None:
        """*folder* is one that pg_waldump reads too, *size* is that of a segment."""
        self._archive, self._size, self._folder, self._dump = archive, size, folder, dump
        self._known = known
        self._asked = ""

    def __call__(self, segment: Segment) -> Sequence[datetime]:
        """Return when its first and its last transaction ended; nothing if none did."""
        name, after = segment.name, self._asked
        self._asked = name
        follows = after[:8] == name[:8] and (
            segment_number(after, self._size) == segment_number(name, self._size) + 1
        )
        read = segment, after if follows else ""
        if read not in self._known:
            self._known[read] = self._read(segment, [name, after] if follows else [name])
        return self._known[read]

    def _read(self, segment: Segment, names: Sequence[str]) -> Sequence[datetime]:
        """Return when the first and the last transaction of the first of *names* ended."""
        for kept in self._folder.iterdir():
            if kept.name not in names:
                kept.unlink()
        for name in names:
            if not (self._folder / name).exists():
                self._archive.fetch(name, self._size, self._folder)
        arguments = ["--rmgr=Transaction", f"--path={self._folder}", *names]
        found = endings(self._dump.lines(arguments), segment.until, segment.since)
        return [min(found), max(found)] if found else []
