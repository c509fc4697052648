"""A target time is compared with the window of an archive before anything is restored."""

from datetime import UTC, datetime, timedelta

import pytest

from stacks.command import Fault
from stacks.recovery.snapshots import Snapshot
from stacks.recovery.target import start
from stacks.recovery.window import Survey, Window
from tests.stacks.recovery.test_windows import FOUND

_START = datetime(2026, 11, 24, 16, tzinfo=UTC)


_WINDOW = Window(_START, _START + timedelta(minutes=1))


@pytest.mark.parametrize("seconds", [0, 30, 60])
def test_a_target_in_the_window_is_not_refused(seconds: float) -> None:
    _WINDOW.checked(str(_START + timedelta(seconds=seconds)))


def test_another_zone_is_the_same_moment() -> None:
    _WINDOW.checked("2026-11-24 18:01:00+02")
    with pytest.raises(Fault, match="no archived transaction ended after it"):
        _WINDOW.checked("2026-11-24 17:00:00+00")


@pytest.mark.parametrize(
    "target",
    [
        "2026-11-24T16:00:30.25Z",
        "2026-11-24 16:00:30.250000+00:00",
        "2026-11-24T18:00:30.25+02",
        "2026-11-24 11:00:30.25-05:00",
        "20261124T160030.25+0000",
        "2026-W48-2T16:00:30.25Z",
        "2026-11-24T21:30:30,25+05:30",
    ],
)
def test_every_form_of_a_time_is_handed_on_in_the_one_that_cloudnativepg_reads(
    target: str,
) -> None:
    assert _WINDOW.checked(target) == "2026-11-24T16:00:30.250000+00:00"


def test_a_time_without_seconds_is_handed_on_with_them() -> None:
    assert _WINDOW.checked("2026-11-24T17:01+01:00") == "2026-11-24T16:01:00.000000+00:00"


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (
            "2026-11-24 16:01:00.000001+00",
            "targetTime 2026-11-24 16:01:00.000001+00: no archived transaction ended after it; the "
            "latest possible time is 2026-11-24 16:01:00+00:00; write that time, or no target",
        ),
        ("2026-11-24 15:59:59Z", "it is before 2026-11-24 16:00:00+00:00, the end of the oldest"),
        (
            "2026-11-24 16:00:30",
            "it has no time zone; write 2026-11-24T16:00:30.000000+00:00 if that is intended",
        ),
        ("2026-11-24", "it has no time zone; write 2026-11-24T00:00:00.000000+00:00 if that is"),
        ("9999-12-31T23:59:59-05:00", "it is not a time; write one as"),
        ("0001-01-01T00:00:00+05:00", "it is not a time; write one as"),
        ("", "it is not a time; write one as"),
        ("half past four", "it is not a time; write one as 2026-11-24 16:01:00+00:00"),
    ],
)
def test_a_target_that_recovery_would_not_reach_is_refused(target: str, said: str) -> None:
    with pytest.raises(Fault) as caught:
        _WINDOW.checked(target)
    assert said in str(caught.value)


_TWO = Survey(
    {
        **FOUND,
        "windows": [
            {**FOUND["windows"][0], "backups": ["a", "b"]},
            {
                **FOUND["windows"][1],
                "latest": "2026-11-25T17:00:00+00:00",
                "backups": ["c"],
            },
        ],
        "backups": [
            {"id": name, "end": end, "timeline": 1, "fault": None}
            for name, end in (
                ("a", "2026-11-24T16:00:00+00:00"),
                ("b", "2026-11-24T16:30:00+00:00"),
                ("c", "2026-11-25T16:00:00+00:00"),
            )
        ],
    }
)


def test_a_target_may_be_in_any_window_and_is_not_between_two() -> None:
    for target in ("2026-11-24T16:10:00Z", "2026-11-25T16:10:00Z"):
        _TWO.checked(target)
    with pytest.raises(Fault) as caught:
        _TWO.checked("2026-11-25T01:00:00Z")
    assert str(caught.value) == (
        "targetTime 2026-11-25T01:00:00Z: WAL is missing there: the archive restores to 2026-11-24 "
        "17:00:00.999999+00:00, and then from 2026-11-25 16:00:00+00:00 on; write one of these "
        "times"
    )


@pytest.mark.parametrize(
    ("target", "backup"),
    [
        ("2026-11-24T16:00:00Z", "a"),
        ("2026-11-24T16:29:59.999999Z", "a"),  # while the next one is made
        ("2026-11-24T16:30:00Z", "b"),
        ("2026-11-25T16:30:00Z", "c"),
    ],
)
def test_recovery_begins_with_the_last_backup_that_ended_before_the_target(
    target: str, backup: str
) -> None:
    assert _TWO.backups_at(_TWO.checked(target))[-1] == backup


def test_an_archive_without_a_later_transaction_has_no_time_to_restore_to() -> None:
    idle = Survey({**FOUND, "windows": FOUND["windows"][1:]})
    with pytest.raises(Fault, match="restore all that is archived, without a target"):
        idle.checked("2026-11-25T16:30:00Z")
    assert [one.window for one in idle.stretches] == [None]
    assert idle.stretches[0].backups == ["b"]


_FAST = {
    **FOUND["windows"][0],
    "latest": "2026-11-24T17:00:00+00:00",
    "backups": ["a", "b", "c"],
    "timeline": 2,
    "starts": ["000000010000000000000003", "000000020000000000000005"],
    "overlaps": [
        {
            "timeline": 1,
            "begin": "2026-11-24T16:50:00+00:00",
            "end": "2026-11-24T17:10:00+00:00",
        }
    ],
}


def _fast(*ended: tuple[str, int, str]) -> Survey:
    """Return an archive whose timeline 1 ended by a clock that was 20 minutes ahead."""
    backups = [
        {"id": name, "timeline": timeline, "end": f"2026-11-24T{end}:00+00:00", "fault": None}
        for name, timeline, end in ended
    ]
    names = [name for name, _, _ in ended]
    return Survey({**FOUND, "windows": [{**_FAST, "backups": names}], "backups": backups})


@pytest.mark.parametrize("target", ["16:50:00", "16:59:59.999999", "17:00:00", "17:09:59.999999"])
def test_a_time_that_two_timelines_have_is_refused(target: str) -> None:
    said = f"2026-11-24T{target}Z"
    with pytest.raises(Fault) as caught:
        _fast(("a", 1, "16:00")).checked(said)
    assert str(caught.value) == (
        f"targetTime {said}: timeline 1 has transactions until 2026-11-24 17:10:00+00:00, and "
        "later timelines have some from 2026-11-24 16:50:00+00:00 on: a time between restores "
        "nothing of the later ones; write an earlier time, before-xid N as find prints it, or "
        "latest"
    )


def test_a_time_before_or_after_what_two_timelines_have_is_checked_as_ever() -> None:
    fast = _fast(("a", 1, "16:00"))
    fast.checked("2026-11-24T16:49:59.999999Z")
    with pytest.raises(Fault, match=r"ended after it; .* time is 2026-11-24 16:49:59\.999999\+00"):
        fast.checked("2026-11-24T17:10:00Z")


def test_once_the_later_clock_is_past_it_the_end_of_the_earlier_is_a_target() -> None:
    fast = _fast(("a", 1, "16:00")).found
    windows = [{**fast["windows"][0], "latest": "2026-11-24T17:30:00+00:00"}]
    survey = Survey({**fast, "windows": windows})
    assert survey.backups_at(survey.checked("2026-11-24T17:10:00Z")) == ["a"]
    with pytest.raises(Fault, match=r"ended after it; .* time is 2026-11-24 17:30:00\+00"):
        survey.checked("2026-11-24T17:31:00Z")


def test_a_base_backup_of_the_later_timeline_reaches_it() -> None:
    survey = _fast(("a", 1, "16:00"), ("c", 2, "16:55"), ("b", 1, "16:58"))
    with pytest.raises(Fault, match="restores nothing of the later ones"):
        survey.checked("2026-11-24T16:54:00Z")
    time = survey.checked("2026-11-24T16:59:00Z")
    assert survey.backups_at(time) == ["c"]
    assert start(time, None, survey) == "c", "CloudNativePG takes b, which ended later"
    with pytest.raises(Fault, match="base backup b: it does not reach"):
        start(time, "b", survey)


def test_a_snapshot_of_the_earlier_timeline_does_not_reach_it() -> None:
    fast = _fast(("a", 1, "16:00"), ("c", 2, "16:55")).found
    held = [
        Snapshot(
            name=name,
            wal=None,
            ended=_START + timedelta(minutes=minutes),
            start=begun,
            system="77",
            lacks="",
        )
        for name, minutes, begun in (
            ("later", 56, "000000020000000000000005"),
            ("earlier", 57, "000000010000000000000003"),
        )
    ]
    backups = [{**one, "system": "77"} for one in fast["backups"]]
    survey = Survey({**fast, "backups": backups}, held)
    found = survey.snapshot_at("c", _START + timedelta(minutes=58))
    assert found == held[0]
