"""What the benchmark of drills says of what it has measured; the measuring itself is the lab's."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from benchmarks.drilling import Drilled, Share, drilled_tables, peak_of
from benchmarks.restoring import PHASES, Restored
from tests import drilled

_METRICS = """\
# TYPE container_memory_max_usage_bytes gauge
container_memory_max_usage_bytes{container="",namespace="tier0-drills",pod="shop-restore-1"} 9.4e7 1
container_memory_max_usage_bytes{container="",namespace="tier0-drills",pod="drill-1-full"} 4.6e+08 1
container_memory_max_usage_bytes{container="",namespace="shop-prod",pod="shop-restore-1"} 5e+08 1
container_memory_rss{container="",namespace="tier0-drills",pod="shop-restore-1"} 5e+08 1
"""


def _drilled(seconds: float, mebibytes: float = 90.0) -> Drilled:
    found = drilled.of(drilled.passed(), "shop")
    ended = datetime.fromisoformat(found.begun) + timedelta(seconds=seconds)
    return Drilled(replace(found, ended=ended.isoformat()), mebibytes)


def _said(capsys: pytest.CaptureFixture[str], ours: list[Drilled]) -> dict[str, list[str]]:
    bare = [Restored((5.0,) * 6 + (10.0,))] * 3
    assert len(bare[0].phases) == len(PHASES)
    console: Any = Console(width=120)
    for table in drilled_tables(ours, bare, Share(1000.0, 800.0, 600.0)):
        console.print(table)
    rows = [line.split("│") for line in capsys.readouterr().out.splitlines() if "│" in line]
    return {row[1].strip(): [it.strip() for it in row[2:-1]] for row in rows}


def test_the_peak_is_that_of_the_drills_own_pod() -> None:
    assert peak_of(_METRICS) == pytest.approx(9.4e7 / (1 << 20))
    assert peak_of("") == 0


def test_a_drill_is_judged_by_the_bare_restore_of_the_same_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = _said(capsys, [_drilled(it) for it in (55, 61, 90)])
    assert rows["(bare restore, to its first query)"][0] == "40.0"
    assert rows["drill"] == ["61.0", "1.52", "<= 61 met", "90", "<= 128 met"]
    rows = _said(capsys, [_drilled(it, 129) for it in (55, 62, 90)])
    assert rows["drill"][2:] == ["<= 61 missed", "129", "<= 128 missed"]


def test_a_peak_that_no_kubelet_has_is_not_called_met(capsys: pytest.CaptureFixture[str]) -> None:
    assert _said(capsys, [_drilled(61, 0)])["drill"][3:] == ["not known", ""]


def test_what_is_left_of_the_source_is_a_share_of_before_and_after(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert _said(capsys, [_drilled(61)])["1000"] == ["800", "600", "1.00"]
