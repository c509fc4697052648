"""Plots of benchmarks show the figures that they are given."""

import re
from xml.etree import ElementTree as ET

import pytest

from benchmarks.plot import plot

_SVG = "{http://www.w3.org/2000/svg}"
_SERIES: dict[str, list[tuple[float, float]]] = {
    "before & now": [(0.0, 0.0), (30.0, 20.0), (60.0, 40.0)],
    "now": [(0, 1), (60, 2)],
}


def _points(text: str, number: int) -> list[tuple[float, float]]:
    drawn = ET.fromstring(text)  # noqa: S314 - it is ours
    line = drawn.findall(f"{_SVG}polyline")[number].get("points") or ""
    return [(float(x), float(y)) for x, y in (it.split(",") for it in line.split())]


def test_a_plot_draws_each_series_to_one_scale() -> None:
    drawn = plot("title", "seconds", "MiB", _SERIES)
    first, second = _points(drawn, 0), _points(drawn, 1)
    (left, bottom), (middle, half), (right, top) = first
    assert middle - left == pytest.approx(right - middle, abs=0.2)
    assert bottom - half == pytest.approx(half - top, abs=0.2)
    assert (bottom - second[1][1]) / (bottom - top) == pytest.approx(2 / 40, abs=0.01)


def test_a_plot_names_its_series_and_axes() -> None:
    drawn = ET.fromstring(plot("title", "seconds", "MiB", _SERIES))  # noqa: S314 - it is ours
    said = ["".join(it.itertext()) for it in drawn.iter(f"{_SVG}text")]
    assert {"title", "seconds", "MiB", "before & now", "now"} <= set(said)


@pytest.mark.parametrize("most", [0.3, 1, 7, 59.7, 60, 400, 12345])
def test_an_axis_has_four_to_eleven_figures(most: float) -> None:
    drawn = plot("t", "x", "y", {"one": [(most, most)]})
    ticks = re.findall(r'text-anchor="end">([0-9.e+]+)</text>', drawn)
    assert 4 <= len(ticks) <= 11
    assert float(ticks[0]) == 0
    assert float(ticks[-1]) <= most
