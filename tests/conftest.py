"""What every test may use: `python -m stacks`, and the option that rewrites golden files."""

import subprocess
from collections.abc import Callable

import pytest

from stacks.__main__ import main


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", action="store_true", help="rewrite the golden files")


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
