"""The short set of the lab: which tests it is of, and that it changes nothing in the record."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.lab import conftest, record
from tests.support import ROOT
from tools.docs import claims

SMOKE = {
    "test_up_returns_when_every_database_archives",
    "test_1_a_manual_backup_completes",
    "test_scenario_2_a_point_in_time_is_restored",
    "test_without_its_kms_archiving_fails_loudly_and_goes_on_when_it_is_back",
}
SHOWN = "test_a_second_up_changes_nothing"


def _run(outcome: str) -> dict[str, Any]:
    return {"outcome": outcome, "date": "2026-11-24", "figures": [], "versions": {}}


class Terminal:
    """Takes what pytest writes at the end."""

    def getreports(self, _: str) -> list[object]:
        return []


@pytest.fixture
def record_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Return a function that runs the suite and returns the record; a claim was shown before."""
    path = tmp_path / "claims.json"
    path.write_text(json.dumps({SHOWN: _run("passed")}))
    for module in (claims, record):
        monkeypatch.setattr(module, "RECORD", path)
    monkeypatch.setattr(conftest, "OWN", None)
    monkeypatch.setattr(signal, "signal", lambda *_: None)

    def run(marks: str, measured: dict[str, Any]) -> dict[str, Any]:
        plugins: list[Any] = []
        config: Any = SimpleNamespace(
            option=SimpleNamespace(markexpr=marks),
            pluginmanager=SimpleNamespace(register=plugins.append),
        )
        conftest.pytest_configure(config)
        (recorder,) = plugins
        told = [("measured", measured)]
        recorder.pytest_runtest_logreport(SimpleNamespace(failed=False, user_properties=told))
        recorder.pytest_terminal_summary(Terminal())
        return dict(json.loads(path.read_text()))

    return run


def test_the_short_set_is_up_a_backup_a_restore_and_a_fault() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/lab", "-m", "smoke", "--collect-only", "-q"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "KUBECONFIG"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert set(re.findall(r"::(\w+)", done.stdout)) == SMOKE, done.stdout + done.stderr


def test_a_run_withdraws_what_a_failed_test_has_shown(
    record_of: Callable[..., dict[str, Any]],
) -> None:
    assert record_of("", {SHOWN: _run("failed")}) == {SHOWN: _run("failed")}


def test_the_short_set_leaves_the_record_as_it_was(
    record_of: Callable[..., dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    every = {test: _run("failed") for one in claims.CLAIMS for test in one.tests}
    assert record_of("smoke", every) == {SHOWN: _run("passed")}
    assert "fails" in capsys.readouterr().out, "what it has shown is not printed"


def test_a_whole_run_says_at_which_commit_it_was(
    record_of: Callable[..., dict[str, Any]],
) -> None:
    every = {test: _run("passed") for one in claims.CLAIMS for test in one.tests}
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    commit = record_of("", every)[claims.RUN]["commit"]
    assert head.stdout.startswith(commit.removesuffix("-dirty"))
