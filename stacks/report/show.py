"""The report on a terminal."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from components.pods.evidence import Verdict
from components.pods.figures import NOTHING, duration, moment
from stacks.check.sentences import printable
from stacks.report.record import moment_of
from stacks.report.standing import LOOKS, Standing

_STYLES: Mapping[Verdict, tuple[str, str]] = {
    "passed": ("+", "green"),
    "missed": ("!", "yellow"),
    "failed": ("x", "bold red"),
    "unverified": ("?", "magenta"),
}


def show(
    environment: str,
    found: Sequence[Standing],
    faults: Sequence[str],
    now: datetime,
    console: Console,
) -> None:
    """Print a row for each database, the worst first, then what is wrong, a line each."""
    table = Table(title=f"{environment}, {moment(now.isoformat())}", title_justify="left", box=None)
    for heading in ("database", "drills", "proved", "restore time", "data at risk", "last good"):
        table.add_column(heading, overflow="fold")
    for it in found:
        table.add_row(it.database, said(it), *_figures(it), age(it, now))
    console.print(table if found else "no database has drills", highlight=False)
    for it in found:
        left = it.shown.left_behind if it.shown else ""
        for line in filter(None, (it.why, left and f"left behind: {left}")):
            console.print(Text(printable(f"{it.database}: {line}")), soft_wrap=True)
    for fault in faults:
        console.print(Text(printable(fault)), soft_wrap=True)


def said(it: Standing) -> Text:
    """Return the word of a standing, with its sign and colour."""
    sign, style = _STYLES[LOOKS[it.word]]
    return Text(f"{sign} {it.word}", style)


def _figures(it: Standing) -> tuple[str, str, str]:
    shown = it.shown
    if shown is None:
        return NOTHING, NOTHING, NOTHING
    return (
        shown.rung,
        of(shown.restore_seconds, shown.rto_seconds),
        of(shown.archived_seconds, shown.rpo_seconds),
    )


def of(found: float | None, most: int) -> str:
    """Return a measurement and its objective, as `41 s of 15 min`."""
    return f"{NOTHING if found is None else duration(found)} of {duration(most)}"


def age(it: Standing, now: datetime) -> str:
    """Return how long ago a restore last gave the data."""
    if it.proven is None:
        return "never"
    return f"{duration((now - moment_of(it.proven.ended)).total_seconds())} ago"
