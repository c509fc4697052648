"""What every test may use: `python -m stacks`, and the option that rewrites golden files."""

import gc
import subprocess
from collections.abc import Callable

import pytest

from stacks.__main__ import main

_COLLECTED_EVERY = 200_000
"""So many more objects made than freed; 700 by default."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", action="store_true", help="rewrite the golden files")


def pytest_collection_finish() -> None:
    """Look for garbage seldom, as `python -m stacks` never does.

    Modules, tests and what the SDK records are many objects that stay: each full collection goes
    through all of them, which took a fifth of the processor time of those that record.
    """
    gc.freeze()
    gc.set_threshold(_COLLECTED_EVERY)


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
