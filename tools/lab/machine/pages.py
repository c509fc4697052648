"""Huge pages of this machine, which is the lab's node, reserved for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import Fault

_COUNT = Path("/proc/sys/vm/nr_hugepages")
"""Those of the usual size, 2 MiB on x86-64."""

_COMPACT = Path("/proc/sys/vm/compact_memory")
_TRIES = 20


@contextmanager
def reserved(count: int) -> Iterator[None]:
    """Have so many huge pages meanwhile, besides those that there are; the kubelet is not told."""
    before = int(_COUNT.read_text())
    try:
        for _ in range(_TRIES):  # each finds more of them in memory that is in pieces
            _COUNT.write_text(str(before + count))
            if (there := int(_COUNT.read_text())) >= before + count:
                break
            _COMPACT.write_text("1")
        else:
            raise Fault(
                str(_COUNT),
                f"the kernel has {there} huge pages, of {before + count} that were asked for",
                "free memory on this machine",
            )
        yield
    finally:
        _COUNT.write_text(str(before))
