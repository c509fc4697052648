"""The memory that a run needed is its peak, not what it holds at the end."""

import time

from tools.lab.machine.usage import Usage

GIB = 1 << 30


def test_memory_that_was_given_back_is_in_the_peak() -> None:
    usage = Usage(every=0.01)
    taken = bytearray(GIB // 4)
    taken[::4096] = b"x" * len(taken[::4096])
    time.sleep(0.1)
    del taken
    assert 0.15 < usage.end() < 8, "a quarter of a GiB was taken"
