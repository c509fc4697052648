"""The benchmarks against another program: a flat one, and an earlier commit of this one."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from rich.table import Table

from benchmarks.conditions import conditions, console
from benchmarks.deploying import ROOT, Comparison, compare
from benchmarks.measure import Run, middle, verdict
from benchmarks.starting import starts
from tools.engine.engine import Engine

SIZES = (1, 10, 50)
UP_RATIO = 1.10
START_CPU_RATIO = 0.55
START_MEMORY_RATIO = 0.8

CHECK_RATIO = 1.0
"""Of `check`, which did not import what the others no longer do."""


def up(folder: Path, rounds: int) -> None:
    """Measure `pulumi up` against the flat program, and how it grows."""
    found = compare(folder, SIZES, rounds, console.print)
    table = Table(title=f"pulumi up, median of {rounds}")
    for heading in ("databases", "objects", "components"):
        table.add_column(heading)
    for heading in ("tier0 s", "flat s", "ratio", "target", "tier0 CPU s", "flat CPU s", "ratio"):
        table.add_column(heading)
    for one in found:
        ours, theirs = middle(one.tier0), middle(one.flat)
        ratio = ours.seconds / theirs.seconds
        table.add_row(
            str(one.databases),
            str(one.objects),
            str(one.components),
            f"{ours.seconds:.2f}",
            f"{theirs.seconds:.2f}",
            f"{ratio:.2f}",
            f"< {UP_RATIO} {verdict(ratio, UP_RATIO)}",
            f"{ours.cpu_seconds:.2f}",
            f"{theirs.cpu_seconds:.2f}",
            f"{ours.cpu_seconds / theirs.cpu_seconds:.2f}",
        )
    conditions(Engine(folder, ROOT, folder).describe())
    console.print(table)
    growth = Table(title="growth: seconds for each further object")
    for heading in ("from", "to databases", "tier0", "flat"):
        growth.add_column(heading)
    for small, large in pairwise(found):
        growth.add_row(
            str(small.databases),
            str(large.databases),
            f"{_slope(small, large, lambda one: one.tier0):.3f}",
            f"{_slope(small, large, lambda one: one.flat):.3f}",
        )
    console.print(growth)


def _slope(small: Comparison, large: Comparison, runs: Callable[[Comparison], list[Run]]) -> float:
    seconds = middle(runs(large)).seconds - middle(runs(small)).seconds
    return seconds / (large.objects - small.objects)


def start(folder: Path, commit: str, rounds: int) -> None:
    """Measure what it costs to start the program, against *commit*."""
    table = Table(title=f"start against {commit}, median of {rounds}")
    for heading in ("command", "", "now", "before", "ratio", "target", ""):
        table.add_column(heading)
    conditions()
    for one in starts(ROOT, folder, commit, rounds, console.print):
        now, before = middle(one.now), middle(one.before)
        for measure, ours, theirs, target in (
            ("CPU s", now.cpu_seconds, before.cpu_seconds, START_CPU_RATIO),
            ("peak MB", now.megabytes, before.megabytes, START_MEMORY_RATIO),
        ):
            most = CHECK_RATIO if one.command == "check" else target
            table.add_row(
                one.command,
                measure,
                f"{ours:.3g}",
                f"{theirs:.3g}",
                f"{ours / theirs:.2f}",
                f"<= {most}",
                verdict(ours / theirs, most),
            )
    conditions()
    console.print(table)
