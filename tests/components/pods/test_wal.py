"""The listing of an archive shows which WAL segments are missing from it."""

import pytest

from components.pods.wal import missing_segments


def _keys(*names: str) -> list[str]:
    return [f"pg/wals/{name[:16]}/{name}" for name in names]


FIRST = "0000000100000000000000FD"
WHOLE = _keys(
    f"{FIRST}.gz",
    "0000000100000000000000FE.gz",
    "0000000100000000000000FE.00000028.backup.gz",
    "0000000100000000000000FF.gz",
    "000000010000000100000000.gz",
    "000000010000000100000001.partial",
    "00000002.history.gz",
    "000000020000000100000001.gz",
    "000000020000000100000002.gz",
)
OTHERS = ["pg/base/20261124T020000/backup.info", "pg/base/20261124T020000/data.tar.gz"]


def test_an_archive_without_a_hole_misses_nothing() -> None:
    assert missing_segments([*OTHERS, *reversed(WHOLE)], "000000020000000100000002") == []
    assert missing_segments(OTHERS) == []


@pytest.mark.parametrize("segment", ["0000000100000000000000FE", "0000000100000000000000FF"])
def test_a_hole_is_named_though_its_backup_label_is_there(segment: str) -> None:
    assert missing_segments(key for key in WHOLE if f"{segment}.gz" not in key) == [segment]


def test_every_segment_of_a_hole_is_named() -> None:
    left = [key for key in WHOLE if "FE.gz" not in key and "FF.gz" not in key]
    assert missing_segments(left) == ["0000000100000000000000FE", "0000000100000000000000FF"]


def test_a_hole_between_two_timelines_is_named_after_the_later_one() -> None:
    left = [key for key in WHOLE if "000000010000000100000000.gz" not in key]
    assert missing_segments(left) == ["000000020000000100000000"]


def test_a_partial_segment_does_not_stand_for_the_first_of_the_next_timeline() -> None:
    left = [key for key in WHOLE if "000000020000000100000001.gz" not in key]
    assert missing_segments(left) == ["000000020000000100000001"]


def test_a_timeline_that_begins_where_the_old_primary_went_on_has_no_hole() -> None:
    older = _keys("000000010000000100000001.gz", "000000010000000100000002.gz")
    assert missing_segments([*WHOLE, *older]) == []


def test_a_missing_end_is_named_by_what_the_database_archived_last() -> None:
    assert missing_segments(WHOLE[:-1]) == []
    assert missing_segments(WHOLE[:-1], "000000020000000100000003") == [
        "000000020000000100000002",
        "000000020000000100000003",
    ]


def test_archives_of_every_compression_are_read() -> None:
    for suffix in ("", ".bz2", ".gz", ".lz4", ".snappy", ".xz", ".zst"):
        ends = _keys(f"{FIRST}{suffix}", f"0000000100000000000000FF{suffix}")
        assert missing_segments(ends) == ["0000000100000000000000FE"], suffix
