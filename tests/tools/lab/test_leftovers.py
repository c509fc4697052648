"""Every process of a lab ends, also one that is started while others are ended."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.engine.leftovers import working_in
from tools import Fault
from tools.lab.machine import cgroups, leftovers, network

LISTING_SECONDS = 0.1
"""How long a loaded machine takes to list the processes of one network."""

STARTER = "while :; do (setsid sleep 300 &); sleep 0.05; done"
"""Starts processes that outlive it, as containerd starts its shims."""


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a directory: what works in it takes the place of what is in the lab's networks."""

    def listed(_: Path) -> set[int]:
        time.sleep(LISTING_SECONDS)
        return set(working_in(tmp_path))

    monkeypatch.setattr(network, "members", listed)
    monkeypatch.setattr(cgroups, "members", set)
    monkeypatch.setattr(cgroups, "thaw", lambda: None)
    yield tmp_path
    while left := working_in(tmp_path):
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _start(lab: Path, script: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(["/bin/sh", "-c", script], cwd=lab)


def test_what_is_started_while_others_are_ended_ends_in_the_same_call(
    lab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _start(lab, STARTER) as one, _start(lab, STARTER) as other:
        deadline = time.monotonic() + 60
        while len(working_in(lab)) < 60 and time.monotonic() < deadline:
            time.sleep(0.05)
        # Less than it takes to list them all again for each.
        monkeypatch.setattr(leftovers, "_PATIENCE", 40 * LISTING_SECONDS)
        try:
            leftovers.end_processes(offsite=False)
            assert working_in(lab) == {}
        finally:
            one.kill()
            other.kill()


def test_a_process_that_does_not_end_is_named(lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "_PATIENCE", 0.2)
    with _start(lab, "exec sleep 300") as stubborn, monkeypatch.context() as patch:
        patch.setattr(signal, "pidfd_send_signal", lambda *_: None)
        with pytest.raises(Fault, match=f"process {stubborn.pid}: it does not end; wait, then run"):
            leftovers.end_processes(offsite=False)
        stubborn.kill()


def test_a_process_that_is_spared_stays(lab: Path) -> None:
    with _start(lab, "exec sleep 300") as spared, _start(lab, "exec sleep 300") as other:
        leftovers.end_processes(offsite=False, spared=spared.pid)
        assert other.wait() == -signal.SIGKILL
        assert spared.poll() is None
        spared.kill()
