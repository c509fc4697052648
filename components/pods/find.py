"""The transactions that lost something, out of an archive; runs in a pod with pg_waldump.

Only the WAL of the time in question is read; a binary search by the ends of transactions finds
where it begins. Printed are `transactions`, by time, the number of `smaller` ones left out,
what time was read (`since`, `until`), and the end of the `last` transaction in the archive.
"""

import heapq
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from .s3 import Fault, Store
from .segments import Archived
from .told import tell
from .transactions import RMGRS, Reader, Transaction
from .wal import Lineage, lineage, reached, segment_number, stretches
from .waldump import FOLDER, Waldump
from .window import base_backups

MOST = 100
"""The most transactions that are printed: those that lost most."""

_ON_DISK = 128 << 20  # bytes of segments that are dumped at once
_WHOLE = {"dropped", "dropped or rewrote", "dropped database", "truncated"}

Dump = Callable[[Sequence[int], Sequence[str]], Iterable[str]]
"""pg_waldump's lines for consecutive segments, by number, and for resource managers."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is looked for."""

    major: int
    around: datetime | None
    """The moment; None: the end of the archive."""

    within: timedelta
    """How long before and after it."""

    dropped: bool
    """Whether only what is gone whole is looked for: databases, relations, all rows of one."""

    relations: frozenset[int] = frozenset()
    """OIDs of the only relations that are looked for; with *files*, empty: any."""

    files: frozenset[int] = frozenset()
    """Numbers of their files."""

    def wants(self, found: Transaction) -> bool:
        """Return whether a transaction answers it."""
        anything = not (self.relations or self.files)
        return any(
            (loss.what in _WHOLE or not self.dropped)
            and (anything or self.relations & {*loss.relations} or self.files & {*loss.files})
            for loss in found.losses
        )


class Wal:
    """The segments that recovery reads, in order; a gap between two numbers is one in the WAL."""

    def __init__(self, names: Mapping[int, str], dump: Dump, size: int) -> None:
        """*names* of segments by number, and the *size* of one in bytes."""
        self.numbers = sorted(names)
        self._names, self._dump, self._size = names, dump, size

    def last(self) -> datetime | None:
        """Return when the last transaction ended; None if there is none."""
        for number in reversed(self.numbers):
            reader = Reader(0)
            list(reader.read(self._dump([number], ["Transaction"])))
            if reader.moment:
                return reader.moment
        return None

    def begin(self, since: datetime) -> int:
        """Return the index of a segment from which all is read that ended at *since* or later."""
        low, high = 0, len(self.numbers)
        while low < high:
            middle = (low + high) // 2
            moment = self._moment(middle, high)
            if moment is None or moment >= since:
                high = middle
            else:
                low = middle + 1
        return max(0, low - 2)  # one more: ends are not strictly in the order of their times

    def _moment(self, index: int, before: int) -> datetime | None:
        """Return when the first transaction ended from the segment *index* on; None: none did."""
        for number in self.numbers[index:before]:
            reader = Reader(0)
            for line in self._dump([number], ["Transaction"]):
                list(reader.read([line]))
                if reader.moment:
                    return reader.moment
        return None

    def read(self, reader: Reader, since: datetime, until: datetime) -> Iterator[Transaction]:
        """Yield what a *reader* finds between two moments; raise Fault where WAL is damaged."""
        for numbers in self._parts(self.numbers[self.begin(since) :]):
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


def answer(
    wal: Wal, question: Question, usable: Callable[[int], str | None]
) -> Mapping[str, object]:
    """Return what the program prints; *usable*: the newest base backup that reaches an LSN."""
    last = wal.last()
    if last is None:
        return {"transactions": [], "smaller": 0, "since": None, "until": None, "last": None}
    around = question.around or last
    since, until = around - question.within, around + question.within
    kept: list[tuple[tuple[int, int], int, Transaction]] = []
    smaller = 0
    wanted = filter(question.wants, wal.read(Reader(question.major), since, until))
    for order, found in enumerate(wanted):
        heapq.heappush(kept, (found.weight, -order, found))
        if len(kept) > MOST:
            heapq.heappop(kept)
            smaller += 1
    told: list[dict[str, Any]] = [
        asdict(one)
        | {"at": one.at.isoformat(timespec="microseconds")}
        | {"backup": usable(one.stop.position) if one.stop else None}
        for _, _, one in sorted(kept, key=lambda entry: -entry[1])
    ]
    return {
        "transactions": told,
        "smaller": smaller,
        "since": since.isoformat(),
        "until": min(until, last).isoformat(),
        "last": last.isoformat(),
    }


def look(settings: Mapping[str, Any]) -> Mapping[str, object]:
    """Return what the program prints about the archive of `server` in the store `source`.

    Read is the WAL that recovery follows from the newest base backup on, and what is before it.
    """
    source, server, waldump = Store("source", settings["source"]), settings["server"], Waldump()
    taken = [one for one in base_backups(source, server) if one.whole]
    archive = Archived(source, source.keys(f"{server}/wals/"))
    if not taken:
        place = f"{source.place}/{server}"
        raise Fault(f"{place}: no base backup that is whole is in it; make one (see window)")
    taken.sort(key=lambda one: (one.timeline, one.until), reverse=True)
    size, major = taken[0].segment, taken[0].major
    if waldump.major != major:
        raise Fault(
            f"pg_waldump: that of PostgreSQL {waldump.major} reads no WAL of {major}; look with "
            f"an image of {major}"
        )
    newest = reached(taken[0].timeline, archive.histories)
    way = Lineage(newest, lineage(archive.history(newest)), size)
    names = {number: one.name for number, one in way.followed(archive.names).items()}
    whole = stretches(names)

    def usable(position: int) -> str | None:
        for one in taken:
            needed = range(segment_number(one.began, size), position // size + 1)
            if one.until <= position and way.has(one.timeline, one.until):
                return one.name if any(_holds(it, needed) for it in whole) else None
        return None

    around = settings["around"]
    question = Question(
        major=major,
        around=datetime.fromisoformat(around) if around else None,
        within=timedelta(seconds=settings["within"]),
        dropped=settings["dropped"],
        relations=frozenset(settings["relations"]),
        files=frozenset(settings["files"]),
    )
    with tempfile.TemporaryDirectory(dir=FOLDER) as directory:
        folder = Path(directory)
        folder.chmod(0o755)  # pg_waldump's container reads it
        return answer(
            Wal(names, _dump(archive, names, size, folder, waldump), size), question, usable
        )


def _holds(stretch: range, numbers: range) -> bool:
    return stretch.start <= numbers.start and numbers.stop <= stretch.stop


def _dump(
    archive: Archived, names: Mapping[int, str], size: int, folder: Path, waldump: Waldump
) -> Dump:
    """Return what fetches segments into a folder, where only the last ones stay, and dumps them."""

    def dump(numbers: Sequence[int], rmgrs: Sequence[str]) -> Iterable[str]:
        wanted = [names[number] for number in numbers]
        for path in folder.iterdir():
            if path.name not in wanted:
                path.unlink()
        for name in wanted:
            if not (folder / name).exists():
                archive.fetch(name, size, folder)
        options = [f"--rmgr={one}" for one in rmgrs]
        return waldump.lines([*options, f"--path={folder}", wanted[0], wanted[-1]])

    return dump


if __name__ == "__main__":
    tell(look)
