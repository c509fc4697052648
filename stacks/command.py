"""Helpers of every command line of this project: refuse in one sentence, print, write."""

import os
import sys
from pathlib import Path


class Fault(Exception):  # noqa: N818 (a sentence for the user, not a programming error)
    """One sentence for the user: the place, what is wrong there, and how to fix it."""

    def __init__(self, place: str, fault: str, fix: str) -> None:
        """Join the three parts; each is a clause without a full stop."""
        super().__init__(f"{place}: {fault}; {fix}")


def say(line: str) -> None:
    """Print one line immediately, so that a log shows progress while a long step runs."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def write_atomically(path: Path, text: str, mode: int = 0o600) -> None:
    """Replace a file atomically: a reader, or a run after a crash, sees the old or the new text."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as sink:
        sink.write(text)
    draft.replace(path)
