"""Waiting for what another process does: it has done it, or the test fails and says why."""

import time
from collections.abc import Callable

SECONDS = 180.0
"""Far longer than anything takes, as a machine may be busy with builds."""


def until(condition: Callable[[], object], why: Callable[[], object] | str) -> None:
    """Wait until *condition* is true; fail with *why* where it never becomes so."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, why if isinstance(why, str) else why()
        time.sleep(0.05)
