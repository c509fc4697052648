"""How much memory the machine needs while something runs, as its kernel tells it."""

import re
import threading
from pathlib import Path

_MEMINFO = Path("/proc/meminfo")
_GIB_IN_KIB = 1 << 20


class Usage:
    """Memory that was taken in addition, at its peak, in GiB.

    The kernel's estimate of what is available is watched, so whatever else the machine does counts
    too: an upper bound for what is measured, and page cache that can be dropped is not in it.
    """

    def __init__(self, every: float = 5.0) -> None:
        """Begin to watch, every so many seconds."""
        self._every = every
        self._before = self._least = available()
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def end(self) -> float:
        """Stop watching; return the peak in GiB."""
        self._over.set()
        self._watcher.join()
        self._least = min(self._least, available())
        return (self._before - self._least) / _GIB_IN_KIB

    def _watch(self) -> None:
        while not self._over.wait(self._every):
            self._least = min(self._least, available())


def available() -> int:
    """Return the memory that could be had without swapping, in KiB (`man 5 proc`)."""
    found = re.search(r"^MemAvailable: +(\d+) kB$", _MEMINFO.read_text(), re.MULTILINE)
    return int(found[1]) if found else 0
