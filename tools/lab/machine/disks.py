"""Disks of the lab: sparse files behind loop devices; leftovers.py detaches them."""

import subprocess
from pathlib import Path

from tools import Fault
from tools.lab.machine.host import program

_BLOCK = Path("/sys/block")
_DELETED = " (deleted)"  # put by the kernel behind the name of a file that is gone


def attach(file: Path, gigabytes: int) -> str:
    """Return the loop device of a sparse file; file and device are made where missing."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        with file.open("wb") as empty:
            empty.truncate(gigabytes * 10**9)
    for name, backing in _attached().items():
        if backing == str(file):
            return f"/dev/{name}"
    answer = subprocess.run(
        [program("losetup"), "--find", "--show", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        raise Fault(
            str(file),
            f"no loop device takes it ({answer.stderr.strip()})",
            "load the loop module, or detach unused loop devices (`losetup -l`)",
        )
    return answer.stdout.strip()


def _attached() -> dict[str, str]:
    """Return the loop devices in use, each with the path of its file."""
    found = {}
    for note in _BLOCK.glob("loop*/loop/backing_file"):
        try:
            found[note.parents[1].name] = note.read_text().strip().removesuffix(_DELETED)
        except OSError:  # detached just now
            continue
    return found
