"""A base backup is whole if barman says so and each of its objects is there."""

from datetime import UTC, datetime

import pytest

from components.pods.backups import Backup, backup, first, folders, held
from components.pods.wal import segment_name

INFO = """\
backup_label=None
begin_time=2026-11-24 16:00:00.250000+00:00
begin_wal=000000010000000000000002
begin_xlog=0/2000028
end_time=2026-11-24 18:00:10.500000+02:00
end_wal=000000010000000000000003
end_xlog=0/3000100
status=DONE
tablespaces={tablespaces}
timeline=1
version=170006
xlog_segment_size=16777216
"""
_DATA = {"data.tar.gz": 100, "backup.info": 10}


def test_a_base_backup_is_what_its_backup_info_says() -> None:
    made = backup("a", _DATA, INFO.format(tablespaces="None"))
    assert made == Backup(
        "a",
        "DONE",
        110,
        "",
        "000000010000000000000002",
        datetime(2026, 11, 24, 16, 0, 0, 250000, UTC),
        datetime(2026, 11, 24, 16, 0, 10, 500000, UTC),
        0x3000100,
        1,
        16 << 20,
        17,
    )
    assert made.whole


def test_objects_are_told_apart_by_their_folder() -> None:
    sizes = {"a/data.tar": 1, "a/backup.info": 2, "b/data.tar": 3, "stray": 4}
    assert folders(sizes) == {"a": {"data.tar": 1, "backup.info": 2}, "b": {"data.tar": 3}}


@pytest.mark.parametrize(
    ("objects", "lacks"),
    [
        ({"backup.info": 1}, "data.tar"),
        ({"data.tar": 1, "16387.tar": 1}, ""),
        ({"data.tar.lz4": 1}, "16387.tar"),
        ({"data.tar": 1, "data_0001.tar": 1, "data_0003.tar": 1, "16387.tar": 1}, "data_0002.tar"),
        ({"data_0001.tar.gz": 1, "16387.tar.gz": 1}, "data.tar"),
    ],
)
def test_a_backup_that_lacks_an_object_is_not_whole(objects: dict[str, int], lacks: str) -> None:
    made = backup("a", objects, INFO.format(tablespaces="[('big', 16387, '/big')]"))
    assert (made.lacks, made.whole) == (lacks, lacks == "")


@pytest.mark.parametrize(
    ("info", "status"),
    [
        (None, "UNFINISHED"),
        ("status=FAILED\nerror=no space\nbegin_time=None\n", "FAILED"),
        ("status=DONE\n", "UNREADABLE"),
        ("status=DONE\n" + INFO.format(tablespaces="[(1"), "UNREADABLE"),
        ("", "UNKNOWN"),
    ],
)
def test_what_did_not_end_well_is_not_whole(info: str | None, status: str) -> None:
    made = backup("a", _DATA, info)
    assert (made.status, made.size, made.whole) == (status, 110, False)


def test_a_failed_one_with_an_end_is_where_cloudnative_pg_begins() -> None:
    """Barman notes the end before the last of it is uploaded, and the operator reads no status."""
    info = INFO.format(tablespaces="None")
    later = info.replace("DONE", "FAILED").replace("18:00:10", "19:00:10")
    taken = [backup("a", _DATA, info), backup("b", {"backup.info": 10}, later)]
    taken += [backup("c", {}, "status=STARTED\nbegin_time=2026-11-24 20:00:00+00:00\n")]
    begins = [first(taken, None), first(taken, datetime(2026, 11, 24, 16, 30, tzinfo=UTC))]
    assert [it and it.name for it in begins] == ["b", "a"]
    assert first(taken, datetime(2026, 11, 24, 16, 0, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("taken", "count"),
    [
        ([("FAILED", 1), ("DONE", 2)], 2),
        ([("STARTED", 1), ("FAILED", 1), ("DONE", 3)], 2),
        ([("FAILED", 1), ("FAILED", 2), ("DONE", 3)], 5),
        ([("FAILED", 1), ("DONE", 1), ("DONE", 2)], 0),
        ([("FAILED", 2), ("DONE", 2), ("DONE", 3)], 0),
        ([("UNFINISHED", 0), ("DONE", 2)], 0),
        ([("FAILED", 1)], 0),
        ([("DONE", 3)], 0),
        ([], 0),
    ],
)
def test_only_what_nothing_that_is_whole_needs_is_held_by_a_failed_one(
    taken: list[tuple[str, int]], count: int
) -> None:
    """Timeline 1 has two segments here, timeline 2 three, timeline 3 four."""
    names = [segment_name(timeline, 9 + n) for timeline in (1, 2, 3) for n in range(timeline + 1)]
    backups = [Backup("a", status, 1, timeline=timeline) for status, timeline in taken]
    assert held(backups, names) == count
