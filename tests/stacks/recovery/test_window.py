"""A target time is compared with the window of an archive before anything is restored."""

from datetime import UTC, datetime, timedelta

import pytest

from stacks.command import Fault
from stacks.recovery.window import Window

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
