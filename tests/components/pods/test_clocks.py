"""How far a clock is from this one, as far as an answer shows it for certain."""

from email.utils import formatdate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.pods.clocks import ahead, dated

_NOW = 1_796_000_000.0
_SPANS = st.floats(0, 100)


@given(difference=st.floats(-1000, 1000), there=_SPANS, back=_SPANS)
def test_a_difference_is_never_overstated_however_slow_the_answer(
    difference: float, there: float, back: float
) -> None:
    shown = _NOW + there + difference
    found = ahead(_NOW, _NOW + there + back, shown, shown)
    assert abs(found) <= abs(difference) + 1e-6
    assert found * difference >= 0
    assert abs(difference) - abs(found) <= there + back + 1e-6, "what remains is the round trip"


def _answer(date: str) -> dict[str, Any]:
    return {"ResponseMetadata": {"HTTPHeaders": {"date": date}}}


@pytest.mark.parametrize(
    ("difference", "found"), [(0, 0), (0.9, 0), (-0.9, 0), (60, 59.9), (-60, -59)]
)
def test_a_date_is_good_for_a_whole_second(difference: float, found: float) -> None:
    """The store truncates it; it takes a tenth of a second to answer here."""
    date = formatdate(int(_NOW + difference), usegmt=True)
    assert dated(_answer(date), _NOW, _NOW + 0.1) == pytest.approx(found)


@pytest.mark.parametrize("answer", [{}, _answer("today"), _answer("Mon, 99 Nov 2026 10:00:00 GMT")])
def test_a_store_that_says_no_date_has_no_clock(answer: dict[str, Any]) -> None:
    assert dated(answer, _NOW, _NOW) is None


@given(st.text())
def test_no_date_is_a_traceback(date: str) -> None:
    dated(_answer(date), _NOW, _NOW)
