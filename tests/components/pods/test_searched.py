"""Where WAL is read for a time, if two primaries had clocks that differ; no archive is needed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from components.pods.find import Question, answer
from components.pods.overlaps import Overlap
from components.pods.s3 import Fault
from components.pods.searched import Wal
from components.pods.segments import Damaged
from components.pods.wal import Lineage, segment_name

_SIZE = 16 << 20
_BRANCH = 20
"""The segment in which timeline 2 branches off."""

_LAST = 60


def _at(minutes: float) -> datetime:
    return datetime(2026, 11, 30, 10, tzinfo=UTC) + timedelta(minutes=minutes)


class _Failover:
    """A transaction in each segment deletes a row, one in a minute; timeline 1 has another clock.

    Of the segment with the branch, the first transaction is of timeline 1, by the id 1000.
    """

    def __init__(self, ahead: float) -> None:
        self._ahead = ahead
        self.branch = _SIZE // 2
        """Where in the segment."""

        self.pause = 0
        """How many minutes more pass in the damaged segment."""

        self.damaged: int | None = None
        self.open: set[int] = set()
        """Segments in which a transaction is prepared and not committed."""

        self.idle: Sequence[int] = ()
        """Segments of timeline 2 in which no transaction ends."""

        self.read: list[Sequence[int]] = []

    def lines(self, number: int) -> Iterable[str]:
        begin = number * _SIZE
        if begin < _BRANCH * _SIZE + self.branch:
            xid = 1000 if number == _BRANCH else number
            yield from self._transaction(begin + 64, xid, number + self._ahead, number)
        if number in self.idle:
            yield self._line("Btree", 0, begin + self.branch + 64, "VACUUM ")
        elif number >= _BRANCH:
            minutes = number + self.pause * (number > (self.damaged or _LAST))
            yield from self._transaction(begin + self.branch + 64, number, minutes, number)

    def _transaction(self, position: int, xid: int, minutes: float, number: int) -> Iterable[str]:
        at = f"{_at(minutes):%Y-%m-%d %H:%M:%S.%f} UTC"
        row = "DELETE xmax: 1, off: 1, blkref #0: rel 1663/5/16400 blk 0"
        ends = f"PREPARE gid p: {at}" if number in self.open else f"COMMIT {at}"
        yield self._line("Heap", xid, position, row)
        yield self._line("Transaction", xid, position + 64, ends)
        for one in sorted(self.open):
            if number == _BRANCH + 2:
                yield self._line("Transaction", 0, position + 128, f"COMMIT_PREPARED {one}: {at}")

    @staticmethod
    def _line(rmgr: str, xid: int, position: int, text: str) -> str:
        place = f"lsn: {position >> 32:X}/{position & 0xFFFFFFFF:08X}, prev 0/0"
        return f"rmgr: {rmgr:11} len (rec/tot):     54/    54, tx: {xid:10}, {place}, desc: {text}"

    def dump(self, numbers: Sequence[int], rmgrs: Sequence[str]) -> Iterable[str]:
        if self.damaged in numbers:
            raise Damaged(f"segment {self.damaged} is damaged")
        self.read.append(numbers)
        for number in numbers:
            for line in self.lines(number):
                if not rmgrs or line.split()[1] in rmgrs:
                    yield line

    def asked(self, around: float, within: float = 2) -> Mapping[str, Any]:
        names = {n: segment_name(1 + (n >= _BRANCH), n) for n in range(1, _LAST + 1)}
        way = Lineage(2, [(1, _BRANCH * _SIZE + self.branch)], _SIZE)
        question = Question(
            major=18, around=_at(around), within=timedelta(minutes=within), dropped=False
        )
        return answer(Wal(names, self.dump, way), question, lambda _: "b")

    def xids(self, around: float, within: float = 2) -> list[int]:
        return [one["xid"] for one in self.asked(around, within)["transactions"]]


@pytest.mark.parametrize("ahead", [-5000, -60, -30, -1, 0, 1, 30, 60, 5000])
def test_a_time_is_looked_for_by_the_clock_of_each_primary(ahead: float) -> None:
    """Whatever the clocks: what a slow search of all the WAL finds is found."""
    made = _Failover(ahead)
    old = {1000 if n == _BRANCH else n: n + ahead for n in range(1, _BRANCH + 1)}
    new = {n: float(n) for n in range(_BRANCH, _LAST + 1)}
    for around in {*range(0, 70, 4), *(int(ahead) + it for it in range(0, 24, 4))}:
        found = [[x for x, at in one.items() if abs(at - around) <= 2] for one in (old, new)]
        assert made.xids(around) == [*found[0], *found[1]], around


def test_times_of_both_clocks_are_said_to_be_in_the_order_of_the_wal() -> None:
    made = _Failover(ahead=10)
    both = [Overlap(1, _at(_BRANCH), _at(_BRANCH + 10)).json]
    assert made.asked(25)["overlaps"] == both
    assert made.xids(25) == [13, 14, 15, 16, 17, 23, 24, 25, 26, 27]
    assert made.asked(50)["overlaps"] == []
    assert _Failover(ahead=0).asked(25)["overlaps"] == []


def test_what_was_read_is_said_by_the_later_clock() -> None:
    made = _Failover(ahead=500)
    told = made.asked(515)
    assert (told["since"], told["until"]) == (_at(513).isoformat(), _at(517).isoformat())


def test_a_timeline_without_the_time_costs_one_segment() -> None:
    made = _Failover(ahead=0)
    made.asked(50)
    assert {it for numbers in made.read for it in numbers if it <= _BRANCH} == {1, _BRANCH}


def test_damage_where_a_timeline_begins_hides_nothing_elsewhere() -> None:
    made = _Failover(ahead=0)
    made.damaged = _BRANCH
    assert made.xids(8) == [6, 7, 8, 9, 10]
    assert made.xids(40) == [38, 39, 40, 41, 42]


@pytest.mark.parametrize(("damaged", "branch"), [(20, _SIZE // 2), (20, 0), (19, 0)])
def test_damage_at_a_failover_is_a_fault_and_not_an_empty_answer(damaged: int, branch: int) -> None:
    """Nothing can be read of half an hour."""
    made = _Failover(ahead=0)
    made.damaged, made.pause, made.branch = damaged, 30, branch
    with pytest.raises(Fault, match=f"segment {damaged} is damaged"):
        made.asked(_BRANCH + 15)


def test_later_times_of_an_earlier_timeline_end_no_search_in_the_next() -> None:
    made = _Failover(ahead=20)
    made.idle = range(_BRANCH, _BRANCH + 9)
    assert made.xids(30, within=1) == [9, 10, 11, 29, 30, 31]


def test_a_transaction_that_is_prepared_before_a_failover_is_found_after_it() -> None:
    made = _Failover(ahead=0)
    made.open = {_BRANCH - 1}
    told = made.asked(_BRANCH, within=3)["transactions"]
    assert [one["xid"] for one in told] == [17, 18, 1000, 20, 21, 22, 19, 23]
    assert [one["losses"][0]["rows"] for one in told if one["prepared"]] == [1]
