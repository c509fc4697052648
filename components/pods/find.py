"""The transactions that lost something, out of an archive; runs in a pod with pg_waldump.

Only the WAL of the time in question is read; a binary search by the ends of transactions finds
where it begins, in each timeline, as the clocks of two primaries may differ. Printed are
`transactions`, in the order of the WAL, the number of `smaller` ones left out, what time was read
(`since`, `until`), its `overlaps`, in which that order is not that of time, and the end of the
`last` transaction in the archive.
"""

import heapq
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from .backups import base_backups
from .s3 import Fault, Store
from .searched import Dump, Wal
from .segments import Archived
from .told import tell
from .transactions import Transaction
from .wal import Lineage, lineage, reached, segment_number, stretches
from .waldump import FOLDER, Waldump

MOST = 100
"""The most transactions that are printed: those that lost most."""

_WHOLE = {"dropped", "dropped or rewrote", "dropped database", "truncated"}


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


def answer(
    wal: Wal, question: Question, usable: Callable[[int], str | None]
) -> Mapping[str, object]:
    """Return what the program prints; *usable*: the newest base backup that reaches an LSN."""
    last = wal.last()
    if last is None:
        read = dict.fromkeys(("since", "until", "last"))
        return {"transactions": [], "smaller": 0, "overlaps": [], **read}
    around = question.around or last
    since, until = around - question.within, around + question.within
    kept: list[tuple[tuple[int, int], int, Transaction]] = []
    smaller = 0
    wanted = filter(question.wants, wal.read(question.major, since, until))
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
        "until": min(until, max([last, *(it.end for it in wal.overlaps)])).isoformat(),
        "overlaps": [it.json for it in wal.overlaps if it.begin <= until and since <= it.end],
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
        dump = _dump(archive, names, size, folder, waldump)
        return answer(Wal(names, dump, way), question, usable)


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
