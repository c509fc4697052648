"""Groups of tests that run side by side, each in a process of pytest-xdist: they mostly wait.

A group is what its tests would take from each other: a database, or the names in a namespace. The
group `alone` takes away what all others need; it begins when every other process has ended.
"""

import fcntl
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tools import write_atomically

GROUPS = (
    "outside",
    "legacy",
    "n8n",
    "node",
    "rpo",
    "parts",
    "timelines",
    "synchronous",
    "killed",
    "reused",
    "alone",
)
"""In the order in which processes take them, so that all end at one time.

`node` needs no environment, so it goes on while that is deployed. pytest-xdist gives a process its
next group when two tests are left to it: of a group, the long ones are better not the last.
"""

_LOCK = Path(__file__).resolve().parents[2] / ".tier0" / "suite.lock"


class Turn:
    """The lab, which all processes share until their tests end; one then has it alone."""

    def __init__(self) -> None:
        """Share it from now on: before any test runs, as xdist waits for every process."""
        _LOCK.parent.mkdir(exist_ok=True)
        self._file = _LOCK.open("w")
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def alone(self) -> None:
        """Wait until the tests of every other process have ended."""
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def leave(self) -> None:
        """Need it no more: the process itself stays until the whole run has ended."""
        self._file.close()


class Once:
    """What one process does for all: the first that asks for it; the others are told."""

    def __init__(self, directory: Path | None) -> None:
        """Keep what was made in a directory that all processes know; in none if there is one."""
        self._directory = directory

    def __call__(self, name: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return what `make` returned where it was called under this name."""
        if self._directory is None:
            return make()
        path = self._directory / f"{name}.json"
        with path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                write_atomically(path, json.dumps(make()))
            return dict(json.loads(path.read_text()))


def group(item: pytest.Item) -> str:
    """Return the group of a test: its own mark goes before its module's."""
    mark = item.get_closest_marker("group")
    if mark is None or mark.args[0] not in GROUPS:
        raise pytest.UsageError(f"{item.name}: mark it with one of the groups {', '.join(GROUPS)}")
    return str(mark.args[0])


def arrange(items: list[pytest.Item]) -> None:
    """Order tests by their groups, and tell xdist (`--dist loadgroup`) each test's."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(group(item)))
    items.sort(key=lambda item: GROUPS.index(group(item)))
