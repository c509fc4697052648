"""Helpers of every command line of this project: refuse in one sentence, print, write."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import NoReturn


class Fault(Exception):  # noqa: N818 (a sentence for the user, not a programming error)
    """One sentence for the user: the place, what is wrong there, and how to fix it."""

    def __init__(self, place: str, fault: str, fix: str) -> None:
        """Join the three parts; each is a clause without a full stop."""
        super().__init__(f"{place}: {fault}; {fix}")


def run_command(
    command: Callable[[], int | None],
    refusal: type[Exception] = Fault,
    *,
    prefix: str = "",
    interrupted: str = "interrupted; run it again",
) -> int:
    """Run a *command* and return its exit status, 0 for none.

    A fault, another *refusal*, or a file that cannot be used is a sentence and the status
    1, or the fault's own; so is ^C and SIGTERM, with 130. *prefix* stands before each sentence.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return command() or 0
    except KeyboardInterrupt:
        sentence, status = interrupted, 130
    except (Fault, refusal) as fault:
        sentence, status = str(fault), getattr(fault, "status", 1)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        sentence, status = f"{place}{error.strerror}; correct that, then run again", 1
    sys.stdout.flush()
    sys.stderr.write(f"{prefix}{sentence}\n")
    return status


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def say(line: str) -> None:
    """Print one line immediately, so that a log shows progress while a long step runs."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def write_atomically(path: Path, text: str, mode: int = 0o600) -> None:
    """Replace a file atomically: a reader, or a run after a crash, sees the old or the new text."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8"
    ) as sink:
        sink.write(text)
    draft.replace(path)
