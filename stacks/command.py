"""What every command line of this project does alike: refuse in one sentence, print, write."""

import os
import sys
from pathlib import Path


class Fault(Exception):  # noqa: N818 (it is the sentence a person reads, not a programming error)
    """One sentence for a person: the place, what is wrong there, and how to mend it."""

    def __init__(self, place: str, fault: str, mend: str) -> None:
        """Join the three parts; each is a clause without a full stop."""
        super().__init__(f"{place}: {fault}; {mend}")


def say(line: str) -> None:
    """Print one line at once, so that a log shows life while a long step runs."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def write_atomically(path: Path, text: str, mode: int = 0o600) -> None:
    """Replace a file whole: a reader, or a run after a crash, sees the old text or the new one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as sink:
        sink.write(text)
    draft.replace(path)
