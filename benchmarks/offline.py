"""The benchmarks that need neither an engine nor the lab."""

import sys
from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from benchmarks import adopting, environments
from benchmarks.archive import BACKUPS, SEGMENTS
from benchmarks.conditions import conditions, console
from benchmarks.deploying import ROOT
from benchmarks.looking import look as seen
from benchmarks.measure import Run, middle, run, verdict
from benchmarks.reporting import DATABASES, RUNS_OF_EACH, report_of

RUNS = 9
RENDER_RUNS = 3
RENDERED_DATABASES = 100

CHECKED = {1: None, 300: 2.0, 1000: None, 3000: None}
"""How many databases are checked, and in what time they are to be."""

RESTORED = (300, 2.5)
"""How many databases with five generations each are checked, and in what time they are to be."""

CHECK_SECONDS = 1.0
CHECK_MEGABYTES = 150.0
PLAN_SECONDS = 1.0
RENDER_SECONDS = 5.0
ADOPTED_MANIFESTS = 200
ADOPT_SECONDS = 5.0
WINDOW_SECONDS = 10.0
WINDOW_MEGABYTES = 200.0
WINDOW_RATIO = 3.0
"""Of a bare listing of the same archive."""

LOOK_SECONDS = 15.0
LOOK_RATIO = 3.0
"""Of a bare listing of the same archive."""

DRILL_MEGABYTES = 128.0
"""What the pod of a drill may have at most."""

REPORT_SECONDS = 3.0
REPORT_MEGABYTES = 250.0
REPORT_RATIO = 6.0
"""Of the processor time of only reading the same files of evidence as JSON."""


def _stacks(*arguments: str | Path) -> list[str | Path]:
    return [sys.executable, "-m", "stacks", *arguments]


def _repeat(command: Sequence[str | Path], times: int = RUNS) -> Run:
    """Run *command* once unmeasured, so that its bytecode is there, then so many *times*."""
    run(command, ROOT)
    return middle([run(command, ROOT) for _ in range(times)])


def check(folder: Path) -> None:
    """Measure `check` of one environment, and the interpreter's own part of it."""
    table = Table(title=f"check, median of {RUNS}")
    for heading in ("command", "seconds", "CPU s", "target", "", "peak MB", "target", ""):
        table.add_column(heading)
    bare = _repeat([sys.executable, "-c", "import pulumi, pydantic"])
    table.add_row(
        "(imports alone)",
        f"{bare.seconds:.2f}",
        f"{bare.cpu_seconds:.2f}",
        "",
        "",
        f"{bare.megabytes:.0f}",
    )
    took = _repeat(_stacks("check", "homelab"))
    table.add_row(
        "stacks check homelab",
        f"{took.seconds:.2f}",
        f"{took.cpu_seconds:.2f}",
        f"< {CHECK_SECONDS:.0f}",
        verdict(took.seconds, CHECK_SECONDS),
        f"{took.megabytes:.0f}",
        f"< {CHECK_MEGABYTES:.0f}",
        verdict(took.megabytes, CHECK_MEGABYTES),
    )
    conditions()
    console.print(table)
    _check_growth(folder)


def _check_growth(folder: Path) -> None:
    """Measure `check` of ever more databases, and what each further one takes."""
    table = Table(title=f"growth of check, median of {RENDER_RUNS}")
    for heading in ("databases", "seconds", "CPU s", "target", "", "peak MB", "ms each further"):
        table.add_column(heading)
    before: tuple[int, Run] | None = None
    for count, target in CHECKED.items():
        module = environments.write(folder / f"checked_{count}.py", count)
        took = _repeat(_stacks("check", module), RENDER_RUNS)
        further = ""
        if before:
            further = (
                f"{1000 * (took.cpu_seconds - before[1].cpu_seconds) / (count - before[0]):.2f}"
            )
        table.add_row(
            str(count),
            f"{took.seconds:.2f}",
            f"{took.cpu_seconds:.2f}",
            f"< {target:.0f}" if target else "",
            verdict(took.seconds, target) if target else "",
            f"{took.megabytes:.0f}",
            further,
        )
        before = count, took
    count, target = RESTORED
    module = environments.write(folder / "checked_restored.py", count, restored=True)
    took = _repeat(_stacks("check", module), RENDER_RUNS)
    table.add_row(
        f"{count} with five generations",
        f"{took.seconds:.2f}",
        f"{took.cpu_seconds:.2f}",
        f"< {target}",
        verdict(took.seconds, target),
        f"{took.megabytes:.0f}",
    )
    console.print(table)


def plan(folder: Path) -> None:
    """Measure `plan` of the largest environment that is here."""
    del folder
    table = Table(title=f"plan, median of {RUNS}")
    for heading in ("command", "seconds", "CPU s", "target", "", "peak MB"):
        table.add_column(heading)
    took = _repeat(_stacks("plan", "production"))
    table.add_row(
        "stacks plan production",
        f"{took.seconds:.2f}",
        f"{took.cpu_seconds:.2f}",
        f"< {PLAN_SECONDS:.0f}",
        verdict(took.seconds, PLAN_SECONDS),
        f"{took.megabytes:.0f}",
    )
    conditions()
    console.print(table)


def render(folder: Path) -> None:
    """Measure `render` of many databases."""
    table = Table(title=f"render, median of {RENDER_RUNS}")
    for heading in ("databases", "seconds", "CPU s", "target", "", "peak MB"):
        table.add_column(heading)
    for count in (1, RENDERED_DATABASES):
        module = environments.write(folder / f"rendered_{count}.py", count)
        took = _repeat(_stacks("render", module), RENDER_RUNS)
        table.add_row(
            str(count),
            f"{took.seconds:.2f}",
            f"{took.cpu_seconds:.2f}",
            f"< {RENDER_SECONDS:.0f}" if count == RENDERED_DATABASES else "",
            verdict(took.seconds, RENDER_SECONDS) if count == RENDERED_DATABASES else "",
            f"{took.megabytes:.0f}",
        )
    conditions()
    console.print(table)


def adopt(folder: Path) -> None:
    """Measure `adopt` of manifests of databases that exist."""
    table = Table(title=f"adopt, median of {RENDER_RUNS}")
    for heading in ("manifests", "seconds", "CPU s", "target", "", "peak MB"):
        table.add_column(heading)
    manifests = adopting.write(folder / "manifests", ADOPTED_MANIFESTS)
    took = _repeat(_stacks("adopt", manifests), RENDER_RUNS)
    table.add_row(
        str(ADOPTED_MANIFESTS),
        f"{took.seconds:.2f}",
        f"{took.cpu_seconds:.2f}",
        f"< {ADOPT_SECONDS:.0f}",
        verdict(took.seconds, ADOPT_SECONDS),
        f"{took.megabytes:.0f}",
    )
    conditions()
    console.print(table)


def window(folder: Path) -> None:
    """Measure the window of a large archive; a stand-in in Python serves it, on this machine."""
    listing, took = seen(folder, ROOT, RENDER_RUNS, "listing", "window")
    title = f"window of {SEGMENTS} segments, {BACKUPS} base backups, median of {RENDER_RUNS}"
    table = Table(title=title)
    for heading in ("program", "seconds", "target", "", "CPU s", "peak MB", "target", ""):
        table.add_column(heading)
    table.add_row(
        "(bare listing)",
        f"{listing.seconds:.2f}",
        "",
        "",
        f"{listing.cpu_seconds:.2f}",
        f"{listing.megabytes:.0f}",
    )
    most = min(WINDOW_SECONDS, WINDOW_RATIO * listing.seconds)
    table.add_row(
        "pods.window",
        f"{took.seconds:.2f}",
        f"< {most:.1f}",
        verdict(took.seconds, most),
        f"{took.cpu_seconds:.2f}",
        f"{took.megabytes:.0f}",
        f"< {WINDOW_MEGABYTES:.0f}",
        verdict(took.megabytes, WINDOW_MEGABYTES),
    )
    conditions()
    console.print(table)


def look(folder: Path) -> None:
    """Measure what a drill does with a large archive, until it would create its Cluster."""
    programs = ("listing", "look", "restore")
    listing, *drills = seen(folder, ROOT, RENDER_RUNS, *programs)
    title = f"drill of {SEGMENTS} segments, {BACKUPS} base backups, median of {RENDER_RUNS}"
    table = Table(title=title)
    for heading in ("depth", "seconds", "target", "ratio", "target", "CPU s", "peak MB", "target"):
        table.add_column(heading)
    bare = f"{listing.cpu_seconds:.2f}", f"{listing.megabytes:.0f}"
    table.add_row("(bare listing)", f"{listing.seconds:.2f}", "", "", "", *bare)
    for name, took in zip(programs[1:], drills, strict=True):
        ratio = took.seconds / listing.seconds
        table.add_row(
            name,
            f"{took.seconds:.2f}",
            f"< {LOOK_SECONDS:.0f} {verdict(took.seconds, LOOK_SECONDS)}" if name == "look" else "",
            f"{ratio:.2f}",
            f"< {LOOK_RATIO:.0f} {verdict(ratio, LOOK_RATIO)}",
            f"{took.cpu_seconds:.2f}",
            f"{took.megabytes:.0f}",
            f"< {DRILL_MEGABYTES:.0f} {verdict(took.megabytes, DRILL_MEGABYTES)}",
        )
    conditions()
    console.print(table)


def report(folder: Path) -> None:
    """Measure the report, with its page, out of files of evidence."""
    reading, took = report_of(folder, ROOT, RENDER_RUNS)
    title = f"report of {DATABASES} databases, {RUNS_OF_EACH} drills each, median of {RENDER_RUNS}"
    table = Table(title=title)
    for heading in (
        "program",
        "seconds",
        "target",
        "",
        "CPU s",
        "target",
        "",
        "peak MB",
        "target",
        "",
    ):
        table.add_column(heading)
    table.add_row(
        "(only reading)",
        f"{reading.seconds:.2f}",
        "",
        "",
        f"{reading.cpu_seconds:.2f}",
        "",
        "",
        f"{reading.megabytes:.0f}",
    )
    most = REPORT_RATIO * reading.cpu_seconds
    table.add_row(
        "stacks report --html",
        f"{took.seconds:.2f}",
        f"< {REPORT_SECONDS:.0f}",
        verdict(took.seconds, REPORT_SECONDS),
        f"{took.cpu_seconds:.2f}",
        f"< {most:.1f}",
        verdict(took.cpu_seconds, most),
        f"{took.megabytes:.0f}",
        f"< {REPORT_MEGABYTES:.0f}",
        verdict(took.megabytes, REPORT_MEGABYTES),
    )
    conditions()
    console.print(table)
