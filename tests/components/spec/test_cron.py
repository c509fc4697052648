"""Schedules: how often they fire."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from components.spec import cron


@pytest.mark.parametrize(
    ("schedule", "count"),
    [
        ("0 3 * * *", 365),
        ("30 * * * *", 8760),
        ("* * * * *", 525600),
        ("0 3 * * 1-5", 261),
        ("0,30 3 1 * *", 24),
        ("0 3 29 2 *", 1),
    ],
)
def test_a_year_has_as_many_fires_as_its_days_and_times(schedule: str, count: int) -> None:
    assert cron.fires_a_year(schedule) == count


def test_it_counts_what_fires() -> None:
    start = datetime(2024, 12, 31, 23, 59, tzinfo=UTC)
    assert cron.fires_a_year("15 */8 * * *") == cron.fires_within(
        "15 */8 * * *", start, timedelta(days=365)
    )


@pytest.mark.parametrize(
    ("schedule", "longest", "shortest"),
    [
        ("0 3 * * *", "1d", "1d"),
        ("30 2 * * 0", "7d", "7d"),
        ("*/15 8-17 * * 1-5", "2d 14h 15min", "15min"),
        ("*/4 6-22 * * *", "7h 4min", "4min"),
        ("0 3 * 1-6 *", "185d", "1d"),
        ("0 0 29 2 *", "1461d", "1461d"),
        ("0 2 1 * *", "31d", "28d"),
        ("* * * * *", "1min", "1min"),
        ("59 23,0 * * *", "23h", "1h"),
    ],
)
def test_the_longest_pause_is_found_however_often_it_fires(
    schedule: str, longest: str, shortest: str
) -> None:
    """An alert that a slot was missed must not fire on each weekend."""
    units = {"d": "days", "h": "hours", "min": "minutes"}

    def length(said: str) -> timedelta:
        parts = [re.fullmatch(r"(\d+)(\w+)", one) for one in said.split()]
        return timedelta(**{units[it[2]]: int(it[1]) for it in parts if it})

    assert cron.longest_gap(schedule) == length(longest)
    assert cron.shortest_gap(schedule) == length(shortest)
