"""Processes that work in a directory; as a program, ends them once standard input is at its end.

A worker of pytest-xdist that is killed, or whose run is, tears nothing down: its sandboxes and what
a test had started would stay for ever. The worker holds the other end of this program's pipe.
"""

import os
import signal
import sys
import time
from pathlib import Path

SECONDS = 60.0
"""For what ends politely; nothing is forced, as a person may look around in there."""


def working_in(directory: Path) -> dict[int, str]:
    """Process ids and command lines of what has its working directory in *directory*."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cwd").readlink().is_relative_to(directory):
                found[int(entry.name)] = (entry / "cmdline").read_text().replace("\0", " ")
        except OSError:  # it ended, or is not ours
            continue
    return found


def main() -> None:
    sys.stdin.read()
    deadline = time.monotonic() + SECONDS
    while (found := working_in(Path(sys.argv[1]))) and time.monotonic() < deadline:
        for pid in found:
            try:
                os.kill(pid, signal.SIGTERM)
            except ProcessLookupError:
                continue
        time.sleep(0.5)


if __name__ == "__main__":
    main()
