"""The window that an archive can be restored to, out of what is in it; no archive is needed."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from components.pods import wal
from components.pods import window as pod
from components.pods.wal import Backup

_SIZE = 16 << 20
_START = datetime(2026, 11, 24, 16, tzinfo=UTC)

# What pg_waldump 17 prints, with TZ=UTC.
_DUMP = """\
rmgr: Transaction len (rec/tot):    405/   405, tx:        743, lsn: 0/03002B98, prev 0/03002B58, \
desc: COMMIT 2026-11-24 16:00:10.000001 UTC; inval msgs: catcache 80 catcache 79
rmgr: Transaction len (rec/tot):     34/    34, tx:        744, lsn: 0/03002D48, prev 0/03002D08, \
desc: ABORT 2026-11-24 16:00:20.000002 UTC
rmgr: Transaction len (rec/tot):     50/    50, tx:          0, lsn: 0/03002D70, prev 0/03002D48, \
desc: INVALIDATION ; inval msgs: catcache 80
rmgr: Transaction len (rec/tot):     58/    58, tx:        745, lsn: 0/03002E00, prev 0/03002D70, \
desc: COMMIT_PREPARED 745: 2026-11-24 16:00:30.000003 UTC
"""


def _at(seconds: float) -> datetime:
    return _START + timedelta(seconds=seconds)


def _names(*numbers: int, timeline: int = 1) -> set[str]:
    return {f"{timeline:08X}{number // 256:08X}{number % 256:08X}" for number in numbers}


def _replayed(began: str, names: set[str], newest: int = 1, history: str = "") -> list[str]:
    ancestors = wal.lineage(history)
    return [one.name[7:] for one in wal.replayed(began, _SIZE, names, newest, ancestors)]


def _window(
    taken: Sequence[Backup], names: set[str], ended: Mapping[int, float]
) -> Mapping[str, str]:
    """Find the window where segment `number` holds one commit, `ended[number]` after the start."""

    def dump(name: str) -> str:
        if (seconds := ended.get(int(name[16:], 16))) is None:
            return ""
        moment = _at(seconds).strftime("%Y-%m-%d %H:%M:%S.%f")
        return f"rmgr: Transaction tx: 7, lsn: 0/03000028, prev 0/0, desc: COMMIT {moment} UTC\n"

    return pod.window(taken, lambda one: wal.replayed(one.began, one.segment, names, 1, []), dump)


def test_commits_and_aborts_end_a_transaction_and_what_else_waldump_prints_does_not() -> None:
    assert pod.endings(_DUMP) == [_at(10.000001), _at(20.000002), _at(30.000003)]


def test_what_a_dead_timeline_wrote_after_the_branch_is_not_counted() -> None:
    assert pod.endings(_DUMP, until=0x3002D48) == [_at(10.000001)]


def test_partial_segments_labels_and_histories_are_no_segments() -> None:
    keys = [
        "db/wals/0000000100000000/000000010000000000000003.gz",
        "db/wals/0000000100000000/000000010000000000000004",
        "db/wals/0000000100000000/000000010000000000000005.partial",
        "db/wals/0000000100000000/000000010000000000000006.partial.gz",
        "db/wals/0000000100000000/000000010000000000000003.00000028.backup.gz",
        "db/wals/00000002.history.gz",
        "db/wals/0000000A.history",
    ]
    assert wal.archived(keys) == (_names(3, 4), "0000000A.history")
    assert wal.archived(keys[:5]) == (_names(3, 4), None)


def test_segments_are_counted_on_across_the_end_of_a_log_file() -> None:
    found = _replayed("0000000100000000000000FE", _names(254, 255, 256, 257))
    assert found == ["1" + name[8:] for name in sorted(_names(254, 255, 256, 257))]


def test_recovery_ends_before_a_gap() -> None:
    found = _replayed("000000010000000000000002", _names(2, 3, 5))
    assert found == ["10000000000000002", "10000000000000003"]


def test_the_newest_timeline_is_followed_from_where_it_branched_off() -> None:
    history = "1\t0/4000158\tno recovery target specified\n\n"
    names = _names(2, 3, 4, 5, 6) | _names(4, 5, timeline=2)
    found = _replayed("000000010000000000000002", names, 2, history)
    assert found == [
        "10000000000000002",
        "10000000000000003",
        "20000000000000004",
        "20000000000000005",
    ]


def test_a_timeline_without_a_segment_yet_ends_where_it_branched_off() -> None:
    history = "1\t0/4000158\tno recovery target specified\n"
    segments = wal.replayed(
        "000000010000000000000003", _SIZE, _names(3, 4, 5), 2, wal.lineage(history)
    )
    assert [(one.name[-1], one.until) for one in segments] == [("3", 0x4000158), ("4", 0x4000158)]


def test_a_backup_of_a_timeline_left_behind_leads_nowhere() -> None:
    history = "1\t0/4000158\tno recovery target specified\n"
    assert _replayed("000000020000000000000005", _names(3, 4, 5, 6), 3, history) == []


def test_barmans_list_is_read_and_a_failed_backup_is_none() -> None:
    listed = """{"backups_list": [
      {"backup_id": "b", "status": "DONE", "begin_wal": "000000010000000000000008",
       "end_time": "Tue Nov 24 16:02:00 2026", "end_time_iso": "2026-11-24T16:02:00+00:00",
       "xlog_segment_size": 16777216},
      {"backup_id": "c", "status": "FAILED"},
      {"backup_id": "a", "status": "DONE", "begin_wal": "000000010000000000000002",
       "end_time_iso": "2026-11-24T16:00:00+00:00", "xlog_segment_size": 16777216}]}"""
    assert wal.backups(listed) == [
        Backup("000000010000000000000002", _at(0), _SIZE),
        Backup("000000010000000000000008", _at(120), _SIZE),
    ]


_OLD = Backup("000000010000000000000002", _at(0), _SIZE)
_NEW = Backup("000000010000000000000006", _at(100), _SIZE)


def test_the_window_ends_before_the_last_transaction_in_the_newest_segment_that_has_one() -> None:
    found = _window([_OLD, _NEW], _names(*range(2, 10)), {3: 50, 7: 110, 8: 120})
    assert found == {
        "earliest": _at(0).isoformat(),
        "latest": (_at(120) - timedelta(microseconds=1)).isoformat(),
    }


def test_a_gap_before_the_newest_backup_puts_the_earliest_after_it() -> None:
    found = _window([_OLD, _NEW], _names(2, 3, 6, 7), {3: 50, 7: 110})
    assert found["earliest"] == _at(100).isoformat()


def test_without_a_later_transaction_the_older_backup_says_how_far_it_goes() -> None:
    found = _window([_OLD, _NEW], _names(*range(2, 8)), {3: 50})
    assert found["latest"] == (_at(50) - timedelta(microseconds=1)).isoformat()


def test_an_archive_that_cannot_be_restored_to_a_time_says_what_it_lacks() -> None:
    assert _window([], _names(2), {2: 50}) == {"lacks": "no base backup is in it"}
    lacking = {"lacks": "no transaction that ended after its base backup is in it"}
    assert _window([_OLD], _names(2, 3), {}) == lacking
