"""Schedules: how often they fire."""

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
