"""A folder in which much data takes little room, and whose writers can be made to wait."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import Fault
from tools.lab.machine import disks
from tools.lab.machine.host import program


@contextmanager
def packed(folder: Path, gigabytes: int) -> Iterator[Path]:
    """Mount a file system on a new *folder* that compresses what is written; remove both after.

    What is left of one that was killed goes with the lab (leftovers.py).
    """
    file = folder.with_suffix(".img")
    device = disks.attach(file, gigabytes)
    try:
        _run("mkfs.btrfs", "--quiet", "--force", device)
        folder.mkdir()
        _run("mount", "-o", "compress-force=zstd:1,noatime", device, str(folder))
        try:
            yield folder
        finally:
            _run("umount", str(folder))
    finally:
        _run("losetup", "-d", device)
        file.unlink()
        if folder.exists():
            folder.rmdir()


def stall(folder: Path, seconds: int) -> None:
    """Let whoever writes into a mounted *folder* wait for so long, as for a disk that hangs.

    It is a process of its session that thaws it, so that it happens whatever becomes of this one.
    """
    freeze = program("fsfreeze")
    script = f'"{freeze}" -f "$1" && {{ sleep {seconds}; "{freeze}" -u "$1"; }}'
    _run("setsid", "--wait", "sh", "-c", script, "-", str(folder))


def written(folder: Path) -> int:
    """Return the bytes of all files below *folder*."""
    sizes = 0
    for path in folder.rglob("*"):
        try:
            sizes += path.stat(follow_symlinks=False).st_size
        except FileNotFoundError:  # PostgreSQL, or a restore that begins once more
            continue
    return sizes


def _run(name: str, *arguments: str) -> None:
    command = [program(name), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Fault(name, f"it ends with {done.returncode} ({done.stderr.strip()})", "see why")
