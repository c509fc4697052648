"""One lab and one environment on it for the whole suite, and a record of what each test measured.

The lab that is up is used and stays; else one is brought up. The record is what docs/claims.md is
made of: a test that fails withdraws what it once showed.
"""

import json
import os
import time
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tools import write_atomically
from tools.claims import CLAIMS, RECORD, RUN, read, table, versions
from tools.lab.bringup import Phases, bring_up
from tools.lab.cluster import Lab
from tools.lab.deployed import Deployed
from tools.lab.environment import Change, Environment
from tools.lab.place import OWNER
from tools.lab.usage import Usage

ROOT = Path(__file__).resolve().parents[2]
MODULE = Path(__file__).parent / "lab.py"

_FIGURES = pytest.StashKey[list[dict[str, Any]]]()
_PHASES = pytest.StashKey[Phases]()
_COURSE = pytest.StashKey["Course"]()
_OUTCOMES = ("passed", "failed", "error", "skipped")

Claim = Callable[[str, float | str, str], None]
"""Records a measured figure: what was measured, how much, of what unit."""


class Course:
    """How a run of the suite went: since when, beside what, with how much memory."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._load = os.getloadavg()[0]
        self._usage = Usage()

    def told(self, outcomes: dict[str, int]) -> dict[str, Any]:
        return {
            "date": datetime.now(UTC).strftime("%Y-%m-%d"),
            "minutes": round((time.monotonic() - self._began) / 60, 1),
            "outcomes": ", ".join(f"{number} {word}" for word, number in outcomes.items()),
            "memory": round(self._usage.end(), 1),
            "cores": os.cpu_count(),
            "load": [round(self._load, 1), round(os.getloadavg()[0], 1)],
        }


@pytest.fixture(scope="session")
def lab(request: pytest.FixtureRequest) -> Lab:
    """The lab that is up on this machine, else this checkout's; what runs already is used."""
    directory = Path(OWNER.read_text()) if OWNER.exists() else ROOT / ".tier0" / "lab"
    lab = Lab(directory)
    request.config.stash[_PHASES] = bring_up(lab)
    return lab


@pytest.fixture(scope="session")
def environment(lab: Lab) -> Environment:
    """The environment of lab.py, not deployed yet."""
    return Environment(lab, MODULE)


@pytest.fixture(scope="session")
def deployed(environment: Environment) -> Change:
    """What deploying the environment took; it is deployed and archiving from then on."""
    return environment.up()


@pytest.fixture
def n8n(environment: Environment, deployed: Change) -> Deployed:
    """The database of two instances, archiving by the plugin with encryption."""
    assert deployed.said
    return environment.database("n8n")


@pytest.fixture
def legacy(environment: Environment, deployed: Change) -> Deployed:
    """The database of one instance, archiving in-tree."""
    assert deployed.said
    return environment.database("legacy")


@pytest.fixture
def claim(request: pytest.FixtureRequest) -> Claim:
    """Record a figure beside the test's outcome."""
    figures: list[dict[str, Any]] = []
    request.node.stash[_FIGURES] = figures

    def record(name: str, figure: float | str, unit: str) -> None:
        shown = round(figure, 1) if isinstance(figure, float) else figure
        figures.append({"name": name, "figure": shown, "unit": unit})

    return record


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, Any, Any]:
    report = yield
    if call.when == "call" or report.outcome != "passed":
        run = {
            "outcome": report.outcome,
            "date": datetime.now(UTC).strftime("%Y-%m-%d"),
            "seconds": round(call.duration),
            "figures": item.stash.get(_FIGURES, []),
            "versions": versions(),
        }
        _note(item.name, run)
    return report


def _note(name: str, entry: dict[str, Any]) -> None:
    """Put an entry into the record."""
    RECORD.parent.mkdir(parents=True, exist_ok=True)
    known = json.dumps(read() | {name: entry}, indent=1, sort_keys=True)
    write_atomically(RECORD, known, 0o644)


def pytest_sessionstart(session: pytest.Session) -> None:
    session.config.stash[_COURSE] = Course()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the claims; a run of all of them is itself put on record."""
    reports = {one: terminalreporter.getreports(one) for one in _OUTCOMES}
    told = config.stash[_COURSE].told({one: len(found) for one, found in reports.items() if found})
    ran = {report.nodeid.rpartition("::")[2] for found in reports.values() for report in found}
    if _PHASES in config.stash and ran >= {
        test for one in CLAIMS if one.test for test in one.tests
    }:
        phases = {name: round(took) for name, took in config.stash[_PHASES].taken.items()}
        _note(RUN, told | {"phases": phases})
    Console().print(table(read()))
