"""The memory that a run needed is its peak, not what it holds at the end."""

import threading
import time
from pathlib import Path

import pytest

from tools.lab.machine import usage
from tools.lab.machine.usage import Usage

GIB = 1 << 30
KIB_IN_GIB = 1 << 20
TRIES = 10


def _known(meminfo: Path, available: float) -> None:
    """Have the kernel say that so many GiB are available; no reader sees a half-written file."""
    draft = meminfo.with_suffix(".draft")
    draft.write_text(
        f"MemFree: 1 kB\nMemAvailable:  {int(available * KIB_IN_GIB)} kB\nCached: 2 kB\n"
    )
    draft.replace(meminfo)


def test_memory_that_was_given_back_is_in_the_peak(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    meminfo, read, seen = tmp_path / "meminfo", usage.available, threading.Event()

    def watched() -> int:
        if (found := read()) == 7.75 * KIB_IN_GIB:
            seen.set()
        return found

    monkeypatch.setattr(usage, "_MEMINFO", meminfo)
    monkeypatch.setattr(usage, "available", watched)
    _known(meminfo, 8)
    found = Usage(every=0.01)
    _known(meminfo, 7.75)
    assert seen.wait(60)
    _known(meminfo, 8.5)
    assert found.end() == 0.25


def test_what_is_taken_is_seen_in_what_the_kernel_says() -> None:
    """What the rest of the machine gives back meanwhile hides some of it, but not each time."""
    for _ in range(TRIES):
        found = Usage(every=0.01)
        taken = bytearray(GIB // 4)
        taken[::4096] = b"x" * len(taken[::4096])
        time.sleep(0.1)
        del taken
        peak = found.end()
        assert peak < 8
        if peak > 0.15:
            return
    pytest.fail(f"a quarter of a GiB was taken, {TRIES} times, and not seen")
