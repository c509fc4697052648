"""One lab and one environment on it for the whole suite, and a record of what each test measured.

The lab that is up is used and stays; else one is brought up. The record is what docs/claims.md is
made of: a test that fails withdraws what it once showed.
"""

import json
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tools import write_atomically
from tools.claims import RECORD, versions
from tools.lab.bringup import bring_up
from tools.lab.cluster import Lab
from tools.lab.deployed import Deployed
from tools.lab.environment import Change, Environment
from tools.lab.place import OWNER

ROOT = Path(__file__).resolve().parents[2]
MODULE = Path(__file__).parent / "lab.py"

_FIGURES = pytest.StashKey[list[dict[str, Any]]]()

Claim = Callable[[str, float | str, str], None]
"""Records a measured figure: what was measured, how much, of what unit."""


@pytest.fixture(scope="session")
def lab() -> Lab:
    """The lab that is up on this machine, else this checkout's; what runs already is used."""
    directory = Path(OWNER.read_text()) if OWNER.exists() else ROOT / ".tier0" / "lab"
    lab = Lab(directory)
    bring_up(lab)
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
        known = json.loads(RECORD.read_text()) if RECORD.exists() else {}
        known[item.name] = {
            "outcome": report.outcome,
            "date": datetime.now(UTC).strftime("%Y-%m-%d"),
            "seconds": round(call.duration),
            "figures": item.stash.get(_FIGURES, []),
            "versions": versions(),
        }
        RECORD.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(RECORD, json.dumps(known, indent=1, sort_keys=True), 0o644)
    return report
