"""The transactions that lost something, read from what pg_waldump prints."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from .losses import DATABASES, INDEXES, SEQUENCES, TYPES, File, Loss, Row, Stop, Work, losses, paths
from .wal import lsn

RMGRS = (
    "Transaction",
    "Heap",
    "Storage",
    "Database",
    "XLOG",
    "Sequence",
    "Standby",
)
"""The resource managers whose records are read."""

_FIRST_USER_OID = 16384  # FirstNormalObjectId: below it are catalogs
_CATALOGS = {TYPES, DATABASES, SEQUENCES, INDEXES}
_FIRST_WITH_STATISTICS = 15
_FILLED = ("FPI", "LOG")  # of XLOG, by which an index or a copy is written, and of Sequence
_CHANGES = ("DELETE", "UPDATE", "HOT_UPDATE")

_RECORD = re.compile(
    r"rmgr: (\w+) +len .*?, tx: +(\d+), lsn: ([0-9A-F]+)/([0-9A-F]+), prev \S+ desc: (\w+)(.*)"
)
_ENDED = re.compile(r"(?: (?P<prepared>\d+):)? (?P<time>[-0-9]+ [:0-9.]+) UTC")
_REFERRED = re.compile(r"blkref #\d+: rel (\d+)/(\d+)/(\d+) (?:fork \w+ )?blk")
_SUBTRANSACTIONS = re.compile(r"; subxacts: ([\d ]+)")
_TRUNCATED = re.compile(r"\brelids:? \[?([\d, ]+)")
_DIRECTORY = re.compile(r"\d+/(\d+)")
_RUNNING = re.compile(r" nextXid (\d+) latestCompletedXid \d+ oldestRunningXid (\d+)")
_PAGE, _ROW = re.compile(r" blk (\d+)"), re.compile(r" off:? (\d+)")
_NEW_ROW = re.compile(r" new[ _]off:? (\d+)")


@dataclass(frozen=True, kw_only=True)
class Transaction:
    """A committed transaction that lost something."""

    at: datetime
    """When it committed, UTC."""

    xid: int
    losses: tuple[Loss, ...]
    stop: Stop | None
    """What a recovery stops before to have back what this transaction lost.

    It is its own end, except where it dropped a database: PostgreSQL does that before the commit,
    so a recovery stops before the transaction that ended last before it, and loses that one too.
    None: none ended in the WAL that was read."""

    prepared: bool
    """Whether it committed by COMMIT PREPARED; recovery to before it leaves it prepared."""

    whole: bool
    """Whether it began in the WAL that was read; otherwise it may have lost more."""

    @property
    def weight(self) -> tuple[int, int]:
        """How much was lost: first what is gone whole, then the number of rows."""
        gone = sum(loss.what not in ("deleted", "updated") for loss in self.losses)
        return gone, sum(loss.rows for loss in self.losses)


class Reader:
    """The reader of one stretch of WAL; it keeps only what unfinished transactions have done."""

    def __init__(self, major: int, since: int = 0, until: int | None = None) -> None:
        """*major* is PostgreSQL's; only records from the LSN *since* on are read."""
        self._statistics = major >= _FIRST_WITH_STATISTICS
        self._open: dict[int, Work] = {}
        self._ended: Stop | None = None
        self._invalidated: dict[Row, Stop | None] = {}
        self._known_from: int | None = None
        self.position = since - 1
        """LSN of the last record that was read."""

        self.until = until
        """The LSN from which on no record is read."""

        self.moment: datetime | None = None
        """End of the last transaction that ended, UTC."""

    def read(self, lines: Iterable[str]) -> Iterator[Transaction]:
        """Yield the transactions that lost something, in the order of their commits.

        *lines* are pg_waldump's, with TZ=UTC. A record that was read already is skipped.
        """
        for line in lines:
            record = _RECORD.match(line)
            if record is None:
                continue
            rmgr, xid, high, low, what, rest = record.groups()
            position = lsn(high, low)
            if position <= self.position or (self.until is not None and position >= self.until):
                continue
            self.position = position
            if rmgr == "Transaction":
                if found := self._end(int(xid), what, rest):
                    yield found
            elif rmgr == "Standby":
                self._forget(rest)
            else:
                self._do(rmgr, int(xid), what, rest)

    def _do(self, rmgr: str, xid: int, what: str, rest: str) -> None:
        """Note a change; most of those without a transaction, such as a vacuum's, lose nothing."""
        referred = _referred(rest)
        if what == "INPLACE" and referred[0][2] == DATABASES:
            self._invalidated[_row(rest)] = self._ended
        if not xid:
            return
        if rmgr == "Storage" and what == "CREATE":
            self._work(xid).created |= dict.fromkeys(paths(rest), False)
        elif rmgr == "Database" and what == "DROP":
            work = self._work(xid)
            work.databases += {int(one) for one in _DIRECTORY.findall(rest)}
            work.before = work.before or self._ended
        elif what == "TRUNCATE" and (oids := _TRUNCATED.search(rest)):
            self._work(xid).truncated += map(int, re.findall(r"\d+", oids[1]))
        elif rmgr == "Heap" and referred:
            self._change(xid, what, referred[0], rest)
        elif what in _FILLED and (writer := self._open.get(xid)):
            writer.created |= dict.fromkeys(writer.created.keys() & referred, True)

    def _change(self, xid: int, what: str, file: File, rest: str) -> None:
        """Note a change of a row."""
        number = file[2]
        if number in _CATALOGS:
            self._change_catalog(self._work(xid), what, number, rest)
        elif number >= _FIRST_USER_OID and what in _CHANGES:
            work = self._work(xid)
            (work.deleted if what == "DELETE" else work.updated)[file] += 1

    def _change_catalog(self, work: Work, what: str, catalog: int, rest: str) -> None:
        if what == "DELETE":
            work.forgotten[catalog] += 1
        if what == "DELETE" and catalog == DATABASES and _row(rest) in self._invalidated:
            work.before = self._invalidated.pop(_row(rest))
        elif catalog == TYPES:
            (work.types_gone if what == "DELETE" else work.types).add(_row(rest))

    def _work(self, xid: int) -> Work:
        return self._open.setdefault(xid, Work())

    def _end(self, xid: int, what: str, rest: str) -> Transaction | None:
        ended = _ENDED.match(rest) if what.startswith(("COMMIT", "ABORT")) else None
        xid = int((ended and ended["prepared"]) or xid)
        if ended is None or not xid:
            return None
        self.moment = datetime.fromisoformat(ended["time"]).replace(tzinfo=UTC)
        work = self._open.pop(xid, Work())
        subtransactions = _SUBTRANSACTIONS.search(rest)
        for one in subtransactions[1].split() if subtransactions else ():
            work.add(self._open.pop(int(one), Work()))
        own = self._ended = Stop(xid, self.position)
        if not what.startswith("COMMIT"):
            return None
        whole = self._known_from is not None and not _precedes(xid, self._known_from)
        lost = tuple(losses(work, rest, whole=whole, statistics=self._statistics))
        early = any(loss.what == "dropped database" for loss in lost)
        found = Transaction(
            at=self.moment,
            xid=xid,
            losses=lost,
            stop=work.before if early else own,
            prepared=ended["prepared"] is not None,
            whole=whole,
        )
        return found if lost else None

    def _forget(self, rest: str) -> None:
        """Forget the transactions that a crash ended: they have no record of it."""
        if running := _RUNNING.match(rest):
            following, oldest = int(running[1]), int(running[2])
            if self._known_from is None:
                self._known_from = following
            for xid in [one for one in self._open if _precedes(one, oldest)]:
                del self._open[xid]


def _referred(rest: str) -> list[File]:
    """Return the files that a record refers to."""
    return [
        (int(tablespace), int(database), int(number))
        for tablespace, database, number in _REFERRED.findall(rest)
    ]


def _row(rest: str) -> Row:
    """Return page and place of the row that a record of Heap is about; of an update, the new."""
    found = _PAGE.search(rest), _NEW_ROW.search(rest) or _ROW.search(rest)
    return tuple(match[1] for match in found if match)


def _precedes(xid: int, other: int) -> bool:
    """Return whether *xid* is before *other*; they are compared modulo 2^32 (transam.c)."""
    return (xid - other) & 0xFFFFFFFF >= 1 << 31
