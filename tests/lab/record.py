"""The record of what each test measured, which docs/claims.md is made of.

A process measures, and the one that the person started records: a test that fails withdraws what it
once showed, and a run of all claims is itself put on record.
"""

import json
import os
import subprocess
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from rich.console import Console

from tools import ROOT, write_atomically
from tools.docs.claims import CLAIMS, RECORD, RUN, read, show, versions
from tools.lab.machine.usage import Usage

FIGURES = pytest.StashKey[list[dict[str, Any]]]()
_OUTCOMES = ("passed", "failed", "error", "skipped")
_PHASES = "phases of the lab"
_MEASURED = "measured"


def measured(
    item: pytest.Item, report: pytest.TestReport, seconds: float, phases: dict[str, float]
) -> None:
    """Send what a test showed along with its report."""
    run = {
        "outcome": report.outcome,
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "seconds": round(seconds),
        "figures": item.stash.get(FIGURES, []),
        "versions": versions(),
    }
    report.user_properties += [(_MEASURED, {item.name: run}), (_PHASES, phases)]


class Recorder:
    """The plugin of the process that the person started."""

    def __init__(self, *, keeps: bool) -> None:
        """Begin; what is not kept is shown at the end and forgotten."""
        self._keeps = keeps
        self._measured: dict[str, Any] = {}
        self._phases: dict[str, float] = {}
        self._began = time.monotonic()
        self._load = os.getloadavg()[0]
        self._commit = _commit()
        self._usage = Usage()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Put what a test showed on record at once, so that an interrupted run is not lost."""
        if report.failed:  # pytest tells it at the end, half an hour later
            said = [line for line in report.longreprtext.splitlines() if line[:1] == "E"]
            Console(highlight=False).print("\n".join(said), markup=False)
        found: dict[str, Any] = dict(report.user_properties)
        self._phases = self._phases or dict(found.get(_PHASES, {}))
        self._measured |= found.get(_MEASURED, {})
        if self._keeps and _MEASURED in found:
            _note(found[_MEASURED])

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print what bringing the lab up took, and the claims."""
        if took := [f"{name} {seconds:.0f} s" for name, seconds in self._phases.items()]:
            terminalreporter.write_line(f"the lab came up: {', '.join(took)}")
        if self._keeps:
            if set(self._measured) >= {test for one in CLAIMS for test in one.tests}:
                counts = {one: len(terminalreporter.getreports(one)) for one in _OUTCOMES}
                _note({RUN: self._told(counts)})
            self._measured = read()
        if self._measured:
            show(self._measured, tried_only=not self._keeps)

    def _told(self, counts: dict[str, int]) -> dict[str, Any]:
        """Return how the run went: since when, beside what, with how much memory."""
        return {
            "date": datetime.now(UTC).strftime("%Y-%m-%d"),
            "commit": self._commit,
            "minutes": round((time.monotonic() - self._began) / 60, 1),
            "outcomes": ", ".join(f"{number} {word}" for word, number in counts.items() if number),
            "memory": round(self._usage.end(), 1),
            "cores": os.cpu_count(),
            "load": [round(self._load, 1), round(os.getloadavg()[0], 1)],
            "phases": {name: round(took) for name, took in self._phases.items()},
        }


def _commit() -> str:
    """Return the commit that is checked out, and whether anything differs from it."""
    found = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--exclude=*"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip() or "unknown"


def _note(entries: dict[str, Any]) -> None:
    """Put entries into the record."""
    RECORD.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(RECORD, json.dumps(read() | entries, indent=1, sort_keys=True), 0o644)
