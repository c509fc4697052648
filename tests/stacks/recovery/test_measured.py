"""The times that a runbook prints are those of the lab's last run."""

import re

from stacks.recovery.measured import MEASURED, SOURCES, measured
from tests.support import ROOT
from tools.docs.claims import times


def test_each_time_is_what_the_claims_show() -> None:
    rows = {}
    for line in (ROOT / "docs" / "claims.md").read_text("utf-8").splitlines():
        if found := re.fullmatch(r"\|.*\| (.*) \| (\S*) \| `(\w+)` \|", line):
            rows[found[3]] = found[1].rpartition(" | ")[2], found[2]
    for step, (test, name) in SOURCES.items():
        figures, date = rows[test]
        if one := measured().get(step):
            assert f"{name}: {one.seconds:.1f} s" in figures.split("; "), step
        assert (one.date if one else "-") == date, step


def test_a_test_that_failed_says_nothing_and_one_that_passed_its_figure() -> None:
    test, name = SOURCES["window"]
    run = {"date": "2026-11-29", "figures": [{"name": name, "figure": "5.5", "unit": "s"}]}
    assert times({test: run | {"outcome": "passed"}}) == {
        "window": {"seconds": 5.5, "date": "2026-11-29"}
    }
    assert times({test: run | {"outcome": "failed"}}) == {}
    assert times({}) == {}


def test_a_wheel_has_the_times() -> None:
    assert f'"{MEASURED.name.replace("measured", "*")}"' in (ROOT / "setup.py").read_text("utf-8")
