"""Where timelines of an archive overlap in time: a target there has nothing of the later ones."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from components.pods.overlaps import Overlap
from tests.components.pods.conftest import Archive, at

Make = Callable[..., Archive]

_BRANCH, _BEFORE, _AFTER = 0x800, 0x700, 0x900


def _branch(made: Archive, number: int) -> int:
    return number * made.size + _BRANCH


def _ended(made: Archive, number: int, *ends: tuple[int, float], timeline: int) -> None:
    """Have transactions end in a segment: at a place in it, so many seconds after the start."""
    rows = [
        f"rmgr: Transaction lsn: 0/{number * made.size + place:08X}, prev 0/0, "
        f"desc: COMMIT {at(seconds):%Y-%m-%d %H:%M:%S.%f} UTC\n"
        for place, seconds in ends
    ]
    made.prints(number, "".join(rows), timeline)


def _overlaps(made: Archive) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = made.look()["windows"][0]["overlaps"]
    return found


@pytest.fixture
def failover(wal_archive: Make) -> Archive:
    """Archive a failover in segment 4, which the new primary has whole, as PostgreSQL copies it."""
    made = wal_archive()
    made.wal(2, 3)
    made.wal(4, 5, 6, timeline=2)
    made.history(2, (1, _branch(made, 4)))
    made.back_up("a", 2, 0)
    return made


def test_the_last_commit_of_a_fast_clock_ends_an_overlap(failover: Archive) -> None:
    _ended(failover, 4, (_BEFORE, 600), (_AFTER, 20), (_AFTER + 1, 25), timeline=2)
    failover.commits(6, 300, timeline=2)
    assert _overlaps(failover) == [Overlap(1, at(20), at(600)).json]
    assert failover.windows() == [(0, pytest.approx(300))]


def test_the_commits_on_both_sides_may_be_in_other_segments(failover: Archive) -> None:
    _ended(failover, 3, (_AFTER, 600), timeline=1)
    _ended(failover, 5, (_AFTER, 20), timeline=2)
    assert _overlaps(failover) == [Overlap(1, at(20), at(600)).json]


def test_clocks_that_agree_overlap_nowhere(failover: Archive) -> None:
    _ended(failover, 4, (_BEFORE, 10), (_AFTER, 20), timeline=2)
    failover.commits(6, 300, timeline=2)
    assert _overlaps(failover) == []


def test_what_the_old_primary_wrote_after_the_branch_is_not_of_the_next_timeline(
    failover: Archive,
) -> None:
    del failover.objects[f"db/wals/{failover.name(4, 2)[:16]}/{failover.name(4, 2)}.gz"]
    failover.wal(4)
    _ended(failover, 4, (_BEFORE, 600), (_AFTER, 20), timeline=1)
    _ended(failover, 5, (_AFTER, 40), timeline=2)
    assert _overlaps(failover) == [Overlap(1, at(40), at(600)).json]


def test_an_overlap_reaches_to_the_first_time_of_every_later_timeline(failover: Archive) -> None:
    failover.wal(6, 7, timeline=3)
    failover.history(3, (1, _branch(failover, 4)), (2, _branch(failover, 6)))
    _ended(failover, 4, (_BEFORE, 600), (_AFTER, 20), timeline=2)
    _ended(failover, 6, (_BEFORE, 30), (_AFTER, 10), timeline=3)
    assert _overlaps(failover) == [
        Overlap(1, at(10), at(600)).json,
        Overlap(2, at(10), at(30)).json,
    ]


def test_a_base_backup_of_the_later_timeline_replays_nothing_of_the_earlier(
    failover: Archive,
) -> None:
    _ended(failover, 4, (_BEFORE, 600), (_AFTER, 20), timeline=2)
    for key in [key for key in failover.objects if key.startswith("db/base/a/")]:
        del failover.objects[key]
    failover.back_up("b", 5, 30, timeline=2)
    assert _overlaps(failover) == []
    assert len(failover.dumped) == 2, "only what the latest time is looked for in"


def test_where_no_timeline_follows_nothing_more_is_read(wal_archive: Make) -> None:
    made = wal_archive()
    made.wal(2, 3)
    made.back_up("a", 2, 0)
    made.commits(3, 50)
    assert _overlaps(made) == []
    assert len(made.dumped) == 1


def test_a_failover_costs_the_segment_in_which_it_was(failover: Archive) -> None:
    _ended(failover, 4, (_BEFORE, 10), (_AFTER, 20), timeline=2)
    failover.commits(6, 300, timeline=2)
    failover.look()
    assert [call[2:] for call in failover.dumped] == [
        [failover.name(6, 2)],
        [failover.name(4, 2)],
        [failover.name(4, 2)],
    ]


def test_a_damaged_segment_where_a_timeline_begins_hides_no_window(failover: Archive) -> None:
    failover.commits(6, 300, timeline=2)
    failover.objects[f"db/wals/{failover.name(4, 2)[:16]}/{failover.name(4, 2)}.gz"] = b"x"
    assert failover.windows() == [(0, pytest.approx(300))]
    assert _overlaps(failover) == []
