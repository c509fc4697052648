"""Whose lab it is: one at a time on a machine, changed by one process at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import Fault
from tools.lab.machine.paths import LOCK, MARKER, OWNER
from tools.lock import held


@contextmanager
def alone(directory: Path) -> Iterator[None]:
    """Hold this machine's lab for `directory`; refuse when it is another's, and a foreign folder.

    A lab whose directory was removed belongs to nobody: whoever comes may take it away.
    """
    busy = Fault(
        str(LOCK),
        "a lab is being brought up or down on this machine",
        "wait until that ends, or end it",
    )
    with held(LOCK, busy):
        _refuse_foreign(directory)
        _refuse_second(directory)
        yield


def _refuse_foreign(directory: Path) -> None:
    entries = any(directory.iterdir()) if directory.is_dir() else False
    if entries and not (directory / MARKER).exists():
        raise Fault(
            str(directory),
            "it is not a lab's directory, and `down` would remove what it holds",
            "name an empty one, or one that does not exist",
        )


def _refuse_second(directory: Path) -> None:
    if not OWNER.exists():
        return
    owner = Path(OWNER.read_text())
    if owner != directory and owner.exists():
        raise Fault(
            str(owner),
            "a lab of this directory is up, and a machine has one lab at a time",
            f"run `make lab-down` in the checkout of {owner} first",
        )
