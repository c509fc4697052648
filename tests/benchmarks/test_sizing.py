"""What the benchmark of sizes says of what it has measured; the measuring itself is the lab's."""

from typing import Any

import pytest
from rich.console import Console

from benchmarks.sizing import Sized, sized_table


def _said(capsys: pytest.CaptureFixture[str], last: tuple[float, ...]) -> list[list[str]]:
    small = Sized(10**8, 5.0, 2.0, (2.0, 37.0, 1.0), (3.0, 26.0, 1.0))
    large = Sized(10**10, 250.0, 2.5, (2.0, 157.0, 1.0), last)
    console: Any = Console(width=160)
    console.print(sized_table([small, large]))
    rows = [line.split("│") for line in capsys.readouterr().out.splitlines() if "│" in line]
    return [[it.strip() for it in row[1:-1]] for row in rows]


def test_the_largest_is_judged_by_the_smallest_of_the_same_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    small, large = _said(capsys, (3.0, 35.0, 1.0))
    assert small == ["0.10", "5.0", "2.0", "40.0", "1.00", "30.0", "3.0, 26.0, 1.0", "1.00", "", ""]
    assert large[3:] == ["160.0", "4.00", "39.0", "3.0, 35.0, 1.0", "1.30", "<= 1.3", "met"]
    assert _said(capsys, (3.0, 36.0, 1.0))[1][-3:] == ["1.33", "<= 1.3", "missed"]
