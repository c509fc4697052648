"""One lab and one environment on it for the whole suite, and a record of what each test measured.

The lab that is up is used and stays; else one is brought up. The record is what docs/claims.md is
made of: a test that fails withdraws what it once showed.

Where KUBECONFIG is set, its cluster takes the lab's place: what needs the lab's own parts is
skipped, nothing is put on record, and what the suite brought is removed at the end.
"""

import json
import os
import time
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from stacks import load
from tools import Fault, write_atomically
from tools.claims import CLAIMS, RECORD, RUN, read, table, versions
from tools.lab.access import Cluster
from tools.lab.bringup import Phases, bring_up
from tools.lab.cluster import Lab
from tools.lab.deployed import Deployed
from tools.lab.environment import Change, Environment
from tools.lab.own import OwnCluster, given
from tools.lab.place import OWNER
from tools.lab.usage import Usage
from tools.toolchain import Toolchain

ROOT = Path(__file__).resolve().parents[2]
OWN = given()
"""The kubeconfig of the cluster that takes the lab's place."""

MODULE = Path(__file__).parent / ("own.py" if OWN else "lab.py")

_FIGURES = pytest.StashKey[list[dict[str, Any]]]()
_PHASES = pytest.StashKey[Phases]()
_COURSE = pytest.StashKey["Course"]()
_MEASURED = pytest.StashKey[dict[str, Any]]()
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
def lab(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """The cluster that the suite runs on: somebody's own where one is named, else the lab."""
    if OWN is None:
        yield _brought_up(request.config)
        return
    try:
        cluster = OwnCluster(OWN, ROOT / ".tier0" / "own")
        Toolchain().build()
        Environment(cluster, MODULE).down()  # what a run that was killed has left
        cluster.clear()
        cluster.require()
    except Fault as fault:
        pytest.exit(str(fault), returncode=1)
    yield cluster
    cluster.clear()


def _brought_up(config: pytest.Config) -> Lab:
    """Return the lab that is up on this machine, else this checkout's; what runs is used."""
    directory = Path(OWNER.read_text()) if OWNER.exists() else ROOT / ".tier0" / "lab"
    lab = Lab(directory)
    config.stash[_PHASES] = bring_up(lab)
    return lab


@pytest.fixture(scope="session")
def environment(lab: Cluster) -> Iterator[Environment]:
    """The environment of lab.py or own.py, not deployed yet; on the lab it stays."""
    environment = Environment(lab, MODULE)
    yield environment
    if not lab.ours:
        environment.down()


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
    if report.skipped and OWN is None:
        report.outcome = "failed"
        report.longrepr = f"{item.name} was skipped; in the lab nothing is, so run it or remove it"
    if report.skipped:
        return report
    if call.when == "call" or report.outcome != "passed":
        run = {
            "outcome": report.outcome,
            "date": datetime.now(UTC).strftime("%Y-%m-%d"),
            "seconds": round(call.duration),
            "figures": item.stash.get(_FIGURES, []),
            "versions": versions(),
        }
        if OWN:
            item.config.stash[_MEASURED][item.name] = run
        else:
            _note(item.name, run)
    return report


def pytest_report_header() -> str | None:
    return f"instead of the lab: the current context of {OWN}" if OWN else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On somebody's own cluster skip what needs the lab's parts; a KMS may be there too."""
    had = {"KMS"} if load(str(MODULE)).object_store.kms else set()
    for item in items if OWN else ():
        for mark in item.iter_markers("own_parts"):
            if lacking := [part for part in mark.args if part not in had]:
                reason = f"needs the lab's own {' and '.join(lacking)}"
                item.add_marker(pytest.mark.skip(reason=reason))


def _note(name: str, entry: dict[str, Any]) -> None:
    """Put an entry into the record."""
    RECORD.parent.mkdir(parents=True, exist_ok=True)
    known = json.dumps(read() | {name: entry}, indent=1, sort_keys=True)
    write_atomically(RECORD, known, 0o644)


def pytest_sessionstart(session: pytest.Session) -> None:
    session.config.stash[_COURSE] = Course()
    session.config.stash[_MEASURED] = {}


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
    known = config.stash[_MEASURED] if OWN else read()
    if known:
        Console().print(table(known))
