"""Fixtures that every test may use: homelab with something wrong in it."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from stacks.__main__ import main
from stacks.check import InvalidEnvironment, load
from tests.support import edited


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", action="store_true", help="rewrite the golden files")


@pytest.fixture
def homelab_with(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes homelab with some of its text replaced, as a module."""

    def write(*edits: tuple[str, str]) -> Path:
        return edited("homelab", tmp_path / "edited.py", *edits)

    return write


@pytest.fixture
def faults_of(homelab_with: Callable[..., Path]) -> Callable[..., list[str]]:
    """Return a function that says every fault of homelab with some of its text replaced."""

    def faults(*edits: tuple[str, str]) -> list[str]:
        try:
            load(str(homelab_with(*edits)))
        except InvalidEnvironment as error:
            return str(error).splitlines()
        return []

    return faults


@pytest.fixture
def stacks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return `python -m stacks` within this process: one of its own takes a second to start."""
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        status = main(arguments)
        said = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, status, said.out, said.err)

    return run
