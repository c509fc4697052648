"""Lines over time as an SVG, for docs/performance.md: one picture for light and for dark pages."""

from collections.abc import Mapping, Sequence
from html import escape
from math import floor, log10

Point = tuple[float, float]

_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 640, 300, 56, 40, 16, 44
_COLOURS = ("#c2410c", "#0f766e", "#4338ca")
_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#444}.t{font-weight:600;font-size:14px}"
    ".g{stroke:#ccc;stroke-width:1}.l{fill:none;stroke-width:2}"
    "@media(prefers-color-scheme:dark){text{fill:#ccc}.g{stroke:#444}}"
)


def plot(title: str, across: str, up: str, series: Mapping[str, Sequence[Point]]) -> str:
    """Return an SVG with one line for each of *series*; both axes begin with 0.

    *across* and *up* say what the axes are, with the unit. A series has at least one point.
    """
    widest = max(x for points in series.values() for x, _ in points) or 1.0
    highest = max(y for points in series.values() for _, y in points) or 1.0
    wide, high = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def at(x: float, y: float) -> tuple[float, float]:
        return _LEFT + x / widest * wide, _TOP + high - y / highest * high

    parts = [f'<text class="t" x="{_LEFT}" y="18">{escape(title)}</text>']
    for y in _ticks(highest):
        left, height = at(0, y)
        parts.append(
            f'<path class="g" d="M{left:.1f} {height:.1f}H{_WIDTH - _RIGHT}"/>'
            f'<text x="{left - 6:.1f}" y="{height + 4:.1f}" text-anchor="end">{y:g}</text>'
        )
    for x in _ticks(widest):
        place, bottom = at(x, 0)
        parts.append(
            f'<text x="{place:.1f}" y="{bottom + 16:.1f}" text-anchor="middle">{x:g}</text>'
        )
    for number, (name, points) in enumerate(series.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*point) for point in points))
        x, y = at(*points[-1])
        parts.append(
            f'<polyline class="l" stroke="{colour}" points="{line}"/>'
            f'<text x="{x - 4:.1f}" y="{y - 6:.1f}" text-anchor="end" style="fill:{colour}">'
            f"{escape(name)}</text>"
        )
    parts.append(f'<text x="{_LEFT}" y="34">{escape(up)}</text>')
    parts.append(
        f'<text x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 8}" text-anchor="end">{escape(across)}</text>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{escape(title)}"><style>{_STYLE}</style>{"".join(parts)}</svg>\n'
    )


def _ticks(most: float) -> list[float]:
    """Return four to nine round figures from 0 to *most*."""
    step = 10.0 ** floor(log10(most))
    for part in (1.0, 0.5, 0.2, 0.1):
        if most / (step * part) >= 4:  # noqa: PLR2004 - the least number of lines
            step *= part
            break
    return [number * step for number in range(int(most / step) + 1)]
