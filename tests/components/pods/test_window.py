"""The windows that an archive can be restored to, out of what is in it."""

from collections.abc import Callable
from datetime import datetime

import pytest

from components.pods.s3 import Fault
from tests.components.pods.conftest import Archive, ClientError, at

Make = Callable[..., Archive]

# What pg_waldump 15 prints.
_PREPARED = """\
rmgr: Transaction len (rec/tot):    242/   242, tx:        727, lsn: 0/0061EF70, prev 0/0061EF30, \
desc: PREPARE gid p2: 2026-11-24 16:00:40.510988 UTC
rmgr: Transaction len (rec/tot):     42/    42, tx:          0, lsn: 0/0061F068, prev 0/0061EF70, \
desc: ABORT_PREPARED 727: 2026-11-24 16:00:50.518775 UTC
rmgr: Transaction len (rec/tot):    242/   242, tx:        728, lsn: 0/0061F0D8, prev 0/0061F098, \
desc: PREPARE gid p3: 2026-11-24 16:00:59.526657 UTC
"""


@pytest.mark.parametrize("size", [1 << 20, 16 << 20, 64 << 20])
def test_the_window_ends_before_the_last_transaction_in_the_newest_segment_that_has_one(
    wal_archive: Make, size: int
) -> None:
    made = wal_archive(size)
    made.wal(*range(2, 10))
    made.back_up("a", 2, 0)
    made.back_up("b", 6, 100)
    made.commits(3, 50)
    made.commits(7, 110, 120)
    assert made.windows() == [(0, pytest.approx(120))]
    found = made.look()["windows"][0]
    assert found["latest"] == "2026-11-24T16:01:59.999999+00:00"
    assert (found["backups"], found["timeline"]) == (["a", "b"], 1)
    assert (found["first_wal"], found["last_wal"]) == (made.name(2), made.name(9))


def test_an_abort_ends_the_window_as_a_commit_does(wal_archive: Make) -> None:
    made = wal_archive()
    made.wal(2, 3)
    made.back_up("a", 2, 0)
    made.prints(3, _PREPARED)
    assert made.windows() == [(0, pytest.approx(50.518775))]


def test_segments_are_counted_on_across_the_end_of_a_log_file(wal_archive: Make) -> None:
    made = wal_archive(16 << 20)
    made.wal(254, 255, 256, 257)
    made.back_up("a", 254, 0)
    made.commits(257, 10)
    assert made.windows() == [(0, pytest.approx(10))]


def test_a_gap_ends_a_window_and_a_later_backup_begins_another(wal_archive: Make) -> None:
    made = wal_archive()
    made.wal(2, 3, 6, 7)
    made.back_up("a", 2, 0)
    made.back_up("b", 6, 100)
    made.commits(3, 50)
    made.commits(7, 110)
    assert made.windows() == [(0, pytest.approx(50)), (100, pytest.approx(110))]
    assert made.look()["gaps"] == [{"first": made.name(4), "last": made.name(5), "segments": 2}]


def test_wal_after_a_gap_and_before_a_backup_is_of_no_use(wal_archive: Make) -> None:
    made = wal_archive()
    made.wal(2, 3, 5, 6)
    made.back_up("a", 2, 0)
    made.commits(3, 50)
    made.commits(6, 110)
    assert made.windows() == [(0, pytest.approx(50))]
    assert made.look()["gaps"] == [{"first": made.name(4), "last": made.name(4), "segments": 1}]


def test_what_is_missing_before_the_oldest_backup_is_no_gap(wal_archive: Make) -> None:
    made = wal_archive()
    made.wal(2, 5, 6)
    made.back_up("a", 5, 0)
    made.commits(6, 10)
    assert made.look()["gaps"] == []


def test_a_backup_without_its_own_wal_is_of_no_use(wal_archive: Make) -> None:
    made = wal_archive()
    made.wal(2, 3)
    made.back_up("a", 2, 0)
    made.back_up("b", 4, 100)
    made.commits(3, 50)
    found = made.look()
    assert [one["fault"] for one in found["backups"]] == [
        None,
        f"its WAL {made.name(4)} is missing",
    ]
    assert found["windows"][0]["backups"] == ["a"]


def test_without_a_later_transaction_the_older_backup_says_how_far_it_goes(
    wal_archive: Make,
) -> None:
    made = wal_archive()
    made.wal(*range(2, 8))
    made.back_up("a", 2, 0)
    made.back_up("b", 6, 100)
    made.commits(3, 50)
    assert made.windows() == [(0, pytest.approx(50))]


def test_an_idle_archive_can_be_restored_and_to_no_time(wal_archive: Make) -> None:
    made = wal_archive()
    made.wal(2, 3)
    made.back_up("a", 2, 0)
    made.commits(2, -5)
    assert made.windows() == [(0, None)]
    assert made.look()["windows"][0]["last_wal"] == made.name(3)


def test_a_record_that_reaches_into_the_next_segment_is_read_with_it(wal_archive: Make) -> None:
    made = wal_archive()
    made.wal(2, 3, 4)
    made.back_up("a", 2, 0)
    made.commits(3, 50)
    made.look()
    assert [call[2:] for call in made.dumped] == [[made.name(4)], [made.name(3), made.name(4)]]


def test_the_newest_timeline_is_followed_from_where_it_branched_off(wal_archive: Make) -> None:
    made = wal_archive()
    branch = 4 * made.size + 0x158
    made.wal(2, 3, 4, 5, 6)
    made.wal(4, timeline=2)
    made.history(2, (1, branch))
    made.back_up("a", 2, 0)
    made.commits(4, 40, timeline=2)
    made.commits(6, 99)  # which was archived by the old primary, and is lost
    assert made.windows() == [(0, pytest.approx(40))]
    assert made.look()["windows"][0]["last_wal"] == made.name(4, 2)


def test_a_timeline_without_a_segment_yet_ends_where_it_branched_off(wal_archive: Make) -> None:
    made = wal_archive()
    made.wal(3, 4, 5)
    made.history(2, (1, 4 * made.size + 0x158))
    made.back_up("a", 3, 0)
    low = 4 * made.size
    made.prints(
        4,
        f"lsn: 0/{low + 0x100:08X}, desc: COMMIT 2026-11-24 16:00:10.000000 UTC\n"
        f"lsn: 0/{low + 0x158:08X}, desc: COMMIT 2026-11-24 16:00:20.000000 UTC\n",
    )
    assert made.windows() == [(0, pytest.approx(10))]


def test_a_backup_of_a_timeline_left_behind_is_of_no_use(wal_archive: Make) -> None:
    made = wal_archive()
    made.wal(2, 3, 4)
    made.wal(4, 5, timeline=2)
    made.wal(4, 5, 6, timeline=3)
    made.history(2, (1, 4 * made.size + 0x158))
    made.history(3, (1, 4 * made.size + 0x158))
    made.back_up("a", 2, 0)
    made.back_up("b", 5, 50, timeline=2)
    made.commits(6, 60, timeline=3)
    found = made.look()
    assert made.windows() == [(0, pytest.approx(60))]
    assert found["windows"][0]["backups"] == ["a"]
    assert found["backups"][1]["fault"] == "timeline 3, which recovery follows, is not from it"


def test_a_missing_history_ends_recovery_before_it(wal_archive: Make) -> None:
    made = wal_archive()
    made.wal(2, 3)
    made.wal(3, 4, timeline=2)
    made.wal(4, 5, timeline=3)
    made.history(3, (1, 3 * made.size + 0x100), (2, 4 * made.size + 0x100))
    made.back_up("a", 2, 0)
    made.commits(3, 10)
    made.commits(5, 30, timeline=3)
    assert made.windows() == [(0, pytest.approx(10))]
    assert made.look()["missing_history"] == "00000002.history"
    made.back_up("b", 3, 5, timeline=2)
    assert (5, pytest.approx(30)) in made.windows()


def test_base_backups_that_failed_or_lack_an_object_are_said_and_not_used(
    wal_archive: Make,
) -> None:
    made = wal_archive()
    made.wal(*range(2, 6))
    for number, name in enumerate("abcd", 2):
        made.back_up(name, number, number)
    del made.objects["db/base/b/data.tar.gz"]
    made.objects["db/base/c/backup.info"] = b"status=FAILED\ntimeline=1\n"
    del made.objects["db/base/d/backup.info"]
    made.commits(5, 10)
    found = made.look()
    assert [one["fault"] for one in found["backups"]] == [
        None,
        "data.tar is missing",
        "it is FAILED",
        "it is UNFINISHED",
    ]
    assert found["windows"][0]["backups"] == ["a"]
    assert [one["timeline"] for one in found["backups"]] == [1, 1, 1, None]
    begins = [one["begin"] and datetime.fromisoformat(one["begin"]) for one in found["backups"]]
    assert begins == [at(1), at(2), None, None]


def test_an_empty_bucket_has_nothing_to_restore(wal_archive: Make) -> None:
    assert wal_archive().look() == {
        "segments": 0,
        "windows": [],
        "backups": [],
        "gaps": [],
        "missing_history": None,
        "unread": None,
    }


def test_wal_of_another_major_version_is_not_read_and_that_is_said(wal_archive: Make) -> None:
    made = wal_archive()
    made.wal(2, 3)
    made.back_up("a", 2, 0)
    made.commits(3, 10)
    made.major = 18
    assert made.windows() == [(0, None)]
    assert made.look()["unread"] == (
        "pg_waldump of PostgreSQL 18 reads no WAL of 17, so no latest time is known"
    )


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ClientError("InvalidAccessKeyId"), "it refuses the keys (InvalidAccessKeyId); fix Secret"),
        (ClientError("SignatureDoesNotMatch"), "it refuses the keys (SignatureDoesNotMatch); fix"),
        (ClientError("NoSuchBucket"), "the bucket does not exist; correct its name"),
        (
            ClientError("RequestTimeTooSkewed", "The difference is too large."),
            "its clock is far from this node's (RequestTimeTooSkewed); set both by NTP",
        ),
        (
            ClientError("AccessDenied", "Failed to retrieve the actual key"),
            "its KMS gives no key (AccessDenied); unseal it",
        ),
        (type("SSLError", (Exception,), {})("bad"), "its certificate is not trusted (bad); fix"),
    ],
)
def test_a_store_that_cannot_be_read_is_a_sentence(
    wal_archive: Make, error: Exception, said: str
) -> None:
    made = wal_archive()
    made.fails = error
    with pytest.raises(Fault) as caught:
        made.look()
    assert str(caught.value).startswith(f"https://s3.example.org/archive: {said}")


def test_a_segment_that_a_snapshot_begins_with_is_in_the_stretch_that_has_it(
    wal_archive: Make,
) -> None:
    made = wal_archive()
    made.wal(*range(2, 6), *range(7, 10))
    made.back_up("a", 3, 0)
    made.back_up("b", 8, 100)
    asked = [made.name(number) for number in (1, 2, 5, 6, 7, 9)]
    older, newer = made.look(*asked)["windows"]
    assert older["starts"] == [made.name(2), made.name(5)]
    assert newer["starts"] == [made.name(7), made.name(9)]
    assert {one["system"] for one in made.look()["backups"]} == {"77"}


def test_a_snapshot_begins_where_recovery_follows_its_timeline(wal_archive: Make) -> None:
    made = wal_archive()
    made.wal(2, 3, 4, 5)
    made.wal(4, 5, 6, timeline=2)
    made.history(2, (1, 4 * made.size + 0x200))
    made.back_up("a", 2, 0)
    asked = [made.name(3), made.name(4), made.name(5), made.name(5, 2), made.name(6, 3)]
    (window,) = made.look(*asked)["windows"]
    # Timeline 1 wrote on after the branch: recovery reads none of it.
    assert window["starts"] == [made.name(3), made.name(5, 2)]


def test_a_snapshot_before_a_missing_history_ends_elsewhere(wal_archive: Make) -> None:
    made = wal_archive()
    made.wal(2, 3)
    made.wal(4, 5, timeline=3)
    made.history(3, (1, 4 * made.size), (2, 4 * made.size))
    made.back_up("a", 4, 0, timeline=3)
    (window,) = made.look(made.name(3), made.name(4, 3))["windows"]
    assert window["starts"] == [made.name(4, 3)]
