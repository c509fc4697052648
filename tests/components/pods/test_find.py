"""Which WAL is read for a moment, and what is told of it; no archive is needed."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from components.pods import find
from components.pods.find import Question, answer
from components.pods.s3 import Fault
from components.pods.searched import Wal
from components.pods.wal import Lineage, segment_name, segment_number
from tests.components.pods.conftest import SETTINGS, Archive

_SIZE = 16 << 20
_START = datetime(2026, 11, 30, 10, tzinfo=UTC)


def _at(minutes: float) -> datetime:
    return _START + timedelta(minutes=minutes)


def _line(rmgr: str, xid: int, position: int, text: str) -> str:
    return (
        f"rmgr: {rmgr:11} len (rec/tot):     54/    54, tx: {xid:10}, "
        f"lsn: {position >> 32:X}/{position & 0xFFFFFFFF:08X}, prev 0/0, desc: {text}"
    )


class _Archive:
    """A transaction for each minute and segment: it deletes a row of file 16400."""

    def __init__(self, numbers: Iterable[int], timelines: Iterable[int] = ()) -> None:
        timeline = dict(zip(numbers, timelines, strict=False))
        self.names = {n: segment_name(timeline.get(n, 1), n) for n in numbers}
        self.asked: list[tuple[list[int], bool]] = []
        self.damaged: int | None = None
        self.idle: set[int] = set()
        self.rows: dict[int, int] = {}

    def dump(self, numbers: Sequence[int], rmgrs: Sequence[str]) -> list[str]:
        if not rmgrs:
            return self._everything(numbers)
        self.asked.append(([*numbers], len(rmgrs) > 1))
        lines: list[str] = []
        for number in numbers:
            position = number * _SIZE + 40
            if number == self.damaged:
                return lines
            if number in self.idle:
                continue
            if len(rmgrs) > 1:
                text = f"DELETE xmax: {number}, off: 1, blkref #0: rel 1663/5/16400 blk 0"
                lines += [
                    _line("Heap", number, position + row, text)
                    for row in range(self.rows.get(number, 1))
                ]
            ended = f"COMMIT {_at(number):%Y-%m-%d %H:%M:%S.%f} UTC"
            lines.append(_line("Transaction", number, position + 9999, ended))
        return lines

    def _everything(self, numbers: Sequence[int]) -> list[str]:
        whole = [number for number in numbers if self.damaged is None or number < self.damaged]
        return [_line("Btree", 0, number * _SIZE + 40, "VACUUM ") for number in whole]

    @property
    def wal(self) -> Wal:
        begins = {int(name[:8], 16): n for n, name in sorted(self.names.items(), reverse=True)}
        *before, newest = sorted(begins) or [1]
        after = [begins[timeline + 1] * _SIZE for timeline in before]
        return Wal(
            self.names, self.dump, Lineage(newest, [*zip(before, after, strict=True)], _SIZE)
        )


def _question(around: float | None, within: float = 2, **more: object) -> Question:
    return Question(
        major=18,
        around=None if around is None else _at(around),
        within=timedelta(minutes=within),
        **{"dropped": False, **more},  # type: ignore[arg-type] # the test's own names
    )


def _xids(told: Mapping[str, Any]) -> list[int]:
    return [one["xid"] for one in told["transactions"]]


def test_only_the_wal_around_the_moment_is_read() -> None:
    archive = _Archive(range(1, 5001))
    told = answer(archive.wal, _question(3000), lambda _: "b")
    assert _xids(told) == [2998, 2999, 3000, 3001, 3002]
    whole = {number for numbers, every in archive.asked if every for number in numbers}
    assert min(whole) >= 2995
    assert max(whole) <= 3010
    assert len(archive.asked) < 20
    assert (told["since"], told["until"]) == (_at(2998).isoformat(), _at(3002).isoformat())


def test_without_a_moment_it_is_the_end_of_the_archive() -> None:
    told = answer(_Archive(range(1, 101)).wal, _question(None), lambda _: "b")
    assert _xids(told) == [98, 99, 100]
    assert told["until"] == told["last"] == _at(100).isoformat()


def test_a_moment_outside_of_the_archive_has_no_transactions() -> None:
    archive = _Archive(range(10, 20))
    assert _xids(answer(archive.wal, _question(1), lambda _: "b")) == []
    assert _xids(answer(archive.wal, _question(100), lambda _: "b")) == []
    assert answer(_Archive([]).wal, _question(1), lambda _: "b")["last"] is None


def test_segments_are_read_in_parts_that_overlap() -> None:
    archive = _Archive(range(1, 41))
    assert len(_xids(answer(archive.wal, _question(20, 100), lambda _: "b"))) == 40
    parts = [numbers for numbers, every in archive.asked if every]
    assert len(parts) > 1
    assert all(one[-1] == other[0] for one, other in pairwise(parts))


def test_a_part_crosses_neither_a_gap_nor_a_change_of_timeline() -> None:
    archive = _Archive([1, 2, 3, 7, 8, 9], [1, 1, 1, 1, 2, 2])
    assert _xids(answer(archive.wal, _question(5, 100), lambda _: "b")) == [1, 2, 3, 7, 8, 9]
    parts = [numbers for numbers, every in archive.asked if every]
    assert parts == [[1, 2, 3], [7], [8, 9]]


def test_damaged_wal_is_a_fault_and_not_the_end() -> None:
    archive = _Archive(range(1, 41))
    archive.damaged = 20
    with pytest.raises(Fault, match=r"^WAL 000000010000000000000013: pg_waldump reads no further"):
        answer(archive.wal, _question(20, 100), lambda _: "b")


def test_segments_without_a_transaction_are_no_damage() -> None:
    archive = _Archive(range(1, 41))
    archive.idle = {*range(5, 35)}
    told = answer(archive.wal, _question(20, 100), lambda _: "b")
    assert _xids(told) == [*range(1, 5), *range(35, 41)]
    assert _xids(answer(archive.wal, _question(36, 1.5), lambda _: "b")) == [35, 36, 37]


def test_those_that_lost_most_are_told_in_order_and_the_others_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(find, "MOST", 2)
    archive = _Archive(range(1, 11))
    archive.rows = {3: 50, 7: 60}
    told = answer(archive.wal, _question(5, 100), lambda _: "b")
    assert (_xids(told), told["smaller"]) == ([3, 7], 8)


def test_only_what_a_table_lost_can_be_asked_for() -> None:
    archive = _Archive(range(1, 11))
    mine, other = frozenset({16400}), frozenset({16401})
    assert len(_xids(answer(archive.wal, _question(5, 9, files=mine), lambda _: "b"))) == 10
    assert _xids(answer(archive.wal, _question(5, 9, files=other), lambda _: "b")) == []
    assert _xids(answer(archive.wal, _question(5, 9, dropped=True), lambda _: "b")) == []


def test_the_base_backup_is_one_that_ends_before_the_transaction() -> None:
    archive = _Archive(range(1, 5))
    ends = {"later": 3 * _SIZE, "sooner": _SIZE}
    told = answer(
        archive.wal,
        _question(2, 9),
        lambda position: next((name for name, end in ends.items() if end <= position), None),
    )
    transactions = told["transactions"]
    assert isinstance(transactions, list)
    assert [one["backup"] for one in transactions] == ["sooner", "sooner", "later", "later"]


_Look = Callable[[Archive], Mapping[str, Any]]


@pytest.fixture
def look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> _Look:
    """Look into an archive as the program does."""

    def asked(archive: Archive) -> Mapping[str, Any]:
        class Dumped:
            major = archive.major

            def lines(self, arguments: Sequence[str]) -> Iterator[str]:
                path, first, last = arguments[-3:]
                numbers = range(
                    segment_number(first, archive.size), segment_number(last, archive.size) + 1
                )
                return archive.lines(["", path, *(archive.name(number) for number in numbers)])

        monkeypatch.setattr(find, "FOLDER", tmp_path)
        monkeypatch.setattr(find, "Waldump", Dumped)
        question = {"around": None, "within": 86400, "dropped": False}
        numbers: dict[str, list[int]] = {"relations": [], "files": []}
        return find.look({"server": "db", "source": SETTINGS, **question, **numbers})

    return asked


def _deletes(archive: Archive, *numbers: int) -> None:
    """Have a transaction of each segment delete a row."""
    archive.wal(*numbers)
    for number in numbers:
        position = number * archive.size + 0x200
        row = "DELETE xmax: 1, off: 1, blkref #0: rel 1663/5/16400 blk 0"
        ended = f"COMMIT {_at(number):%Y-%m-%d %H:%M:%S.%f} UTC"
        lines = [
            _line("Heap", number, position, row),
            _line("Transaction", number, position + 8, ended),
        ]
        archive.prints(number, "".join(f"{line}\n" for line in lines))


def test_a_transaction_is_undone_from_the_newest_base_backup_before_it(
    wal_archive: Callable[..., Archive], look: _Look
) -> None:
    made = wal_archive()
    _deletes(made, *range(2, 9))
    made.back_up("20261130T010000", 3, 1)
    made.back_up("20261130T020000", 6, 2)
    told = look(made)["transactions"]
    assert [(one["xid"], one["backup"]) for one in told] == [
        (2, None),
        *((xid, "20261130T010000") for xid in (3, 4, 5)),
        *((xid, "20261130T020000") for xid in (6, 7, 8)),
    ]


def test_a_gap_after_the_base_backup_leaves_nothing_to_undo_from(
    wal_archive: Callable[..., Archive], look: _Look
) -> None:
    made = wal_archive()
    _deletes(made, 3, 4, 6, 7)
    made.back_up("20261130T010000", 3, 1)
    told = look(made)["transactions"]
    assert [one["backup"] for one in told] == ["20261130T010000"] * 2 + [None] * 2


def test_an_archive_that_cannot_be_looked_into_is_a_sentence(
    wal_archive: Callable[..., Archive], look: _Look
) -> None:
    made = wal_archive()
    _deletes(made, 3)
    with pytest.raises(Fault, match=r"no base backup that is whole is in it; make one"):
        look(made)
    made.back_up("20261130T010000", 3, 1)
    made.major = 18
    with pytest.raises(
        Fault, match=r"that of PostgreSQL 18 reads no WAL of 17; look with an image"
    ):
        look(made)
