"""What is adopted in these tests is checked on the day of its adoption."""

import pytest

from tests.stacks.adopt.cases import TODAY
from tests.support import judged_on


@pytest.fixture(autouse=True)
def _that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have it be the day; the waivers that `adopt` writes end 90 days after it."""
    judged_on(TODAY, monkeypatch)
