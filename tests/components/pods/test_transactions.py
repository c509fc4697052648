"""What transactions lost, out of what pg_waldump of PostgreSQL 15 to 18 printed.

The files in `waldump/` are its output for one script (16 with wal_level 'replica', the others with
'logical'), without invalidations and without most rows of catalogs. Each loss was undone: a copy of
the data directory was recovered with recovery_target_xid, exclusive, and had every row.
"""

import re
from pathlib import Path

import pytest

from components.pods.losses import Loss
from components.pods.transactions import Reader, Transaction

_RECORDED = Path(__file__).with_name("waldump")
_MAJORS = (15, 16, 17, 18)

# In the script's order. Between them, it also rolled back drops and deletes, dropped temporary
# tables and indexes, created and dropped a table in one transaction, and ran VACUUM FULL, CLUSTER,
# REINDEX (also CONCURRENTLY), REFRESH MATERIALIZED VIEW and ALTER TABLE ... TYPE, with TOAST too.
_LOST = [
    ("dropped", 5, 0),  # a table with its TOAST table, their indexes and a sequence
    ("dropped", 3, 0),  # a table with its index, a partitioned table with its partition
    ("dropped", 1, 0),  # an unlogged table, in a subtransaction
    ("truncated", 0, 0),
    ("deleted", 1, 20),
    ("deleted", 1, 2),
    ("updated", 1, 8),
    ("dropped", 1, 0),  # a sequence
    ("dropped", 1, 0),  # a table, where another was created in the same transaction
    ("dropped", 2, 0),  # a table with its index, by a prepared transaction
    ("dropped database", 0, 0),
    ("dropped", 3, 0),  # a materialized view with its TOAST table
]


def _lines(major: int) -> list[str]:
    return (_RECORDED / f"{major}.txt").read_text().splitlines()


def _read(lines: list[str], major: int) -> list[Transaction]:
    return list(Reader(major).read(lines))


def _short(loss: Loss) -> tuple[str, int, int]:
    files = 0 if loss.what == "truncated" else len(loss.files)
    return loss.what, files, loss.rows


@pytest.mark.parametrize("major", _MAJORS)
def test_losses_are_found_and_rewrites_are_none(major: int) -> None:
    found = _read(_lines(major), major)
    assert [[_short(loss) for loss in one.losses] for one in found] == [[it] for it in _LOST]
    assert all(one.whole for one in found)


@pytest.mark.parametrize("major", _MAJORS)
def test_recovery_stops_before_the_transaction_itself_but_where_it_dropped_a_database(
    major: int,
) -> None:
    found = _read(_lines(major), major)
    ends = re.findall(r"tx: +(\d+), .*desc: (?:COMMIT|ABORT) ", "\n".join(_lines(major)))
    for one in found:
        assert one.stop
        if one.losses[0].what == "dropped database":
            began = [int(end) for end in ends if int(end) < one.xid]
            assert one.stop.xid == max(began)
        else:
            assert one.stop.xid == one.xid
    assert [one.prepared for one in found].index(True) == 9


def test_a_transaction_that_ends_while_a_database_is_dropped_is_not_the_one_to_stop_before() -> (
    None
):
    lines = [
        _record("Transaction", 7, 1, f"COMMIT {_TIME}"),
        _record("Heap", 0, 2, "INPLACE off: 5, blkref #0: rel 1664/0/1262 blk 0"),
        _record("Heap", 8, 3, "DELETE xmax: 8, off: 5, blkref #0: rel 1664/0/1262 blk 0"),
        _record("Transaction", 9, 4, f"COMMIT {_TIME}"),
        _record("Database", 8, 5, "DROP dir 1663/16385"),
        _record("Transaction", 8, 6, f"COMMIT {_TIME}; dropped stats: 1/16385/0"),
    ]
    (found,) = _read(lines, 16)
    assert found.stop
    assert (found.xid, found.stop.xid, found.stop.position) == (8, 7, 1)


def test_a_truncated_relation_is_known_by_its_oid_or_by_its_new_file() -> None:
    logical, replica = _read(_lines(18), 18)[3], _read(_lines(16), 16)[3]
    assert (logical.losses[0].relations, logical.losses[0].files) == ((16437,), ())
    assert (replica.losses[0].relations, len(replica.losses[0].files)) == ((), 2)


def test_without_dropped_statistics_a_rewrite_is_said_to_be_a_possible_drop() -> None:
    lines = [re.sub(r"; (commit )?dropped stats:[^;]*", "", line) for line in _lines(15)]
    found = {one.xid: one.losses[0] for one in _read(lines, 14)}
    certain = {one.xid: one.losses[0] for one in _read(_lines(15), 15)}
    assert found.keys() >= certain.keys()
    wrong = {xid: loss.what for xid, loss in found.items() if xid not in certain}
    assert set(wrong.values()) == {"dropped or rewrote", "dropped"}  # "dropped": indexes
    for xid, loss in certain.items():
        assert found[xid].what in (loss.what, "dropped or rewrote")


def test_what_began_before_the_wal_that_is_read_counts_as_a_drop() -> None:
    lines = _lines(18)
    lost = {one.xid for one in _read(lines, 18)}
    rewrites = [
        at
        for at, line in enumerate(lines)
        if "; rels:" in line and (xid := re.search(r"tx: +(\d+)", line)) and int(xid[1]) not in lost
    ]
    found = [_read(lines[at:], 18)[0] for at in rewrites]
    assert len(found) > 5
    assert not any(one.whole for one in found)
    assert ("dropped", 5, 0) in [_short(one.losses[0]) for one in found]


def test_records_that_were_read_already_are_skipped() -> None:
    reader, lines = Reader(17), _lines(17)
    assert list(reader.read(lines))
    assert list(reader.read(lines)) == []


_TIME = "2026-11-30 10:00:00.000001 UTC"


def _record(rmgr: str, xid: int, position: int, text: str) -> str:
    return (
        f"rmgr: {rmgr:11} len (rec/tot):     54/    54, tx: {xid:10}, lsn: 0/{position:08X}, "
        f"prev 0/00000000, desc: {text}"
    )


def _delete(xid: int, position: int) -> str:
    text = f"DELETE xmax: {xid}, off: 1, blkref #0: rel 1663/5/16400 blk 0"
    return _record("Heap", xid, position, text)


def test_a_subtransaction_counts_unless_it_was_rolled_back() -> None:
    lines = [
        *(_delete(xid, xid) for xid in (100, 101, 102)),
        _record("Transaction", 102, 103, f"ABORT {_TIME}"),
        _record("Transaction", 100, 104, f"COMMIT {_TIME}; subxacts: 101"),
    ]
    (found,) = _read(lines, 18)
    assert (found.xid, found.losses[0].rows, found.whole) == (100, 2, False)


def test_a_transaction_that_a_crash_ended_is_forgotten() -> None:
    running = "RUNNING_XACTS nextXid 120 latestCompletedXid 119 oldestRunningXid 120"
    lines = [
        _delete(100, 1),
        _record("Standby", 0, 2, running),
        _record("Transaction", 100, 3, f"COMMIT {_TIME}"),
    ]
    assert _read(lines, 18) == []


def test_numbers_of_transactions_begin_again() -> None:
    running = "RUNNING_XACTS nextXid 5 latestCompletedXid 4 oldestRunningXid 4294967290"
    lines = [
        _delete(4294967295, 1),
        _record("Standby", 0, 2, running),
        _delete(7, 3),
        _record("Transaction", 4294967295, 4, f"COMMIT {_TIME}"),
        _record("Transaction", 7, 5, f"COMMIT {_TIME}"),
    ]
    assert [(one.xid, one.whole) for one in _read(lines, 18)] == [(4294967295, False), (7, True)]


def test_a_move_to_another_tablespace_empties_no_table() -> None:
    lines = [
        _record("Storage", 50, 1, "CREATE pg_tblspc/16700/PG_18_202506291/5/16701"),
        _record("Transaction", 50, 2, f"COMMIT {_TIME}; rels: base/5/16400"),
    ]
    assert _read(lines, 18) == []
    lines[0] = _record("Storage", 50, 1, "CREATE base/5/16701")
    assert [_short(loss) for loss in _read(lines, 18)[0].losses] == [("truncated", 0, 0)]


def _rewritten(*more: str, dropped: str) -> list[str]:
    """Return the records of a rewrite that makes and drops the table 16900."""
    running = "RUNNING_XACTS nextXid 50 latestCompletedXid 49 oldestRunningXid 50"
    row = "off: 7, blkref #0: rel 1663/5/1247 blk 3"
    return [
        _record("Standby", 0, 1, running),
        _record("Storage", 50, 2, "CREATE base/5/16900"),
        _record("Heap", 50, 3, f"INSERT {row}"),
        *more,
        _record("Heap", 50, 8, f"DELETE xmax: 50, {row}"),
        _record(
            "Transaction", 50, 9, f"COMMIT {_TIME}; rels: base/5/16400; dropped stats: {dropped}"
        ),
    ]


def test_a_rewrite_is_known_without_the_rows_of_pg_type_too() -> None:
    lines = [line for line in _rewritten(dropped="2/5/16900") if "/1247" not in line]
    assert _read(lines, 18) == []


def test_a_rewrite_hides_no_drop_in_the_same_transaction() -> None:
    assert _read(_rewritten(dropped="2/5/16900 2/5/16403"), 18) == []  # its TOAST table
    other = _record("Heap", 50, 4, "DELETE xmax: 50, off: 9, blkref #0: rel 1663/5/1247 blk 3")
    sequence = _record("Heap", 50, 4, "DELETE xmax: 50, off: 9, blkref #0: rel 1663/5/2224 blk 0")
    for one in (other, sequence):
        (found,) = _read(_rewritten(one, dropped="2/5/16900 2/5/16403"), 18)
        assert (found.losses[0].what, found.losses[0].relations) == ("dropped", (16403,))
    (found,) = _read(_rewritten(dropped="2/5/16900 2/5/16403")[1:], 18)  # it may have begun before
    assert found.losses[0].what == "dropped"


def test_rows_that_follow_a_truncation_do_not_hide_it() -> None:
    lines = [
        _record("Storage", 50, 1, "CREATE base/5/16701"),
        _record("Heap", 50, 2, "INSERT off: 1, blkref #0: rel 1663/5/16701 blk 0"),
        _record("Transaction", 50, 3, f"COMMIT {_TIME}; rels: base/5/16400"),
    ]
    assert [_short(loss) for loss in _read(lines, 16)[0].losses] == [("truncated", 0, 0)]
    lines[1] = _record("XLOG", 50, 2, "FPI , blkref #0: rel 1663/5/16701 blk 0 FPW")
    assert _read(lines, 16) == []  # REINDEX
