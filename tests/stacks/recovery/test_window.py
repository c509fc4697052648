"""A target time is compared with the window of an archive before anything is restored."""

from datetime import UTC, datetime, timedelta

import pytest

from stacks.command import Fault
from stacks.recovery.window import Window

_START = datetime(2026, 11, 24, 16, tzinfo=UTC)


_WINDOW = Window(_START, _START + timedelta(minutes=1))


@pytest.mark.parametrize("seconds", [0, 30, 60])
def test_a_target_in_the_window_is_not_refused(seconds: float) -> None:
    _WINDOW.refuse(str(_START + timedelta(seconds=seconds)))


def test_another_zone_is_the_same_moment() -> None:
    _WINDOW.refuse("2026-11-24 18:01:00+02")
    with pytest.raises(Fault, match="no archived transaction ended after it"):
        _WINDOW.refuse("2026-11-24 17:00:00+00")


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (
            "2026-11-24 16:01:00.000001+00",
            "targetTime 2026-11-24 16:01:00.000001+00: no archived transaction ended after it; the "
            "latest possible time is 2026-11-24 16:01:00+00:00; write that time, or no target",
        ),
        ("2026-11-24 15:59:59Z", "it is before 2026-11-24 16:00:00+00:00, the end of the oldest"),
        ("2026-11-24 16:00:30", "it has no time zone, and would be read as UTC"),
        ("half past four", "it is not a time; write one as 2026-11-24 16:01:00+00:00"),
    ],
)
def test_a_target_that_recovery_would_not_reach_is_refused(target: str, said: str) -> None:
    with pytest.raises(Fault) as caught:
        _WINDOW.refuse(target)
    assert said in str(caught.value)
