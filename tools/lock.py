"""A file that one process at a time may hold; the system takes it from one that ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import Fault, say


@contextmanager
def held(
    place: Path,
    busy: str | Fault = "",
    *,
    called: str = "it",
    fix: str = "make it this user's",
    mode: int = 0o777,
) -> Iterator[int]:
    """Hold the file *place*, in a folder that is made with *mode* where it is missing.

    Where another process holds it, raise *busy* if it is a fault; else say it and wait. A folder
    that cannot be written is a fault: what it is *called*, and the *fix*.
    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=mode)
        lock = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        fault = f"{called} cannot be written ({error.strerror})"
        raise Fault(str(place.parent), fault, fix) from None
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if isinstance(busy, Fault):
                raise busy from None
            if busy:
                say(busy)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock
    finally:
        os.close(lock)
