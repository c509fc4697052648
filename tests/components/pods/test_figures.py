"""How figures are written for people."""

import pytest

from components.pods.figures import duration, found_value, moment


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (0.04, "0 s"),
        (2.44, "2.4 s"),
        (9.96, "10 s"),
        (41.3, "41 s"),
        (60, "1 min"),
        (965, "16 min 5 s"),
        (3600, "1 h"),
        (3605, "1 h"),
        (93784, "1 d 2 h"),
        (-65, "-1 min 5 s"),
    ],
)
def test_a_length_of_time_has_its_two_largest_units(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("2026-11-30T04:23:00+01:00", "2026-11-30 03:23 UTC"),
        ("2026-11-30T03:23:00.871204+00:00", "2026-11-30 03:23 UTC"),
        (None, "unknown"),
        ("soon", "soon"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_a_moment_is_in_utc_and_what_is_none_stays_as_it_is(given: str | None, said: str) -> None:
    assert moment(given) == said


def test_what_a_proof_found_is_written_by_its_kind() -> None:
    found: list[str | float | bool | None] = [True, 48210, 2.5, 3.0, "17.6", None]
    assert [found_value(it) for it in found] == ["true", "48,210", "2.5", "3", "17.6", "\u2013"]
