"""What is adopted in these tests is checked on the day of its adoption."""

from datetime import UTC, datetime

import pytest

from tests.stacks.adopt.cases import TODAY


@pytest.fixture(autouse=True)
def _that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have it be the day; the waivers that `adopt` writes end 90 days after it."""
    at = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)
    fixed = type("ThatDay", (datetime,), {"now": lambda _: at})
    monkeypatch.setattr("stacks.check.rules.waivers.datetime", fixed)
