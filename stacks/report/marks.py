"""The last runs of a database as a strip of marks, the newest last."""

from collections import Counter
from collections.abc import Mapping, Sequence

from components.pods.evidence import Verdict
from components.pods.figures import duration, moment
from components.pods.page import STORES, VERDICTS
from components.pods.page_style import text
from stacks.report.record import KEPT_RUNS, Run

_STEP, _HEIGHT = 12, 16

_SHAPES: Mapping[Verdict, str] = {
    "passed": "M{0} 2h6v12h-6z",
    "missed": "M{0} 14h6l-3-9z",
    "failed": "m{0} 4 6 8m0-8-6 8",
    "unverified": "M{0} 8a3 3 0 1 0 6 0a3 3 0 1 0-6 0",
}
"""A path of each verdict; {0} is its left edge."""


def strip(runs: Sequence[Run]) -> str:
    """Return the marks of at most the last 30 runs of one depth, and what they come to in words."""
    last = runs[-KEPT_RUNS:]
    marks = "".join(
        f'<path class="{it.verdict}" d="{_SHAPES[it.verdict].format(3 + number * _STEP)}">'
        f"<title>{text(_said(it))}</title></path>"
        for number, it in enumerate(last)
    )
    width = KEPT_RUNS * _STEP
    return (
        f'<svg class="marks" viewBox="0 0 {width} {_HEIGHT}" role="img" '
        f'aria-label="{text(counted(last))}">{marks}</svg>'
    )


def counted(runs: Sequence[Run]) -> str:
    """Return how many runs ended how, in words."""
    counts = Counter(it.verdict for it in runs)
    words = [f"{counts[it]} {name.lower()}" for it, name in VERDICTS.items() if counts[it]]
    return ", ".join(words) or "none yet"


def _said(it: Run) -> str:
    took = "" if it.restore_seconds is None else f", {duration(it.restore_seconds)}"
    return f"{moment(it.begun)}, {STORES[it.store]}: {it.verdict}, proved {it.rung}{took}"
