"""Packages of Debian that a machine lacks, installed on it."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tools import Fault, say
from tools.build.cache import lab_cache, locked

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def found(program: str) -> str | None:
    """Return the path of an installed program; None where there is none."""
    return shutil.which(program, path=_PATH)


@contextmanager
def alone() -> Iterator[None]:
    """Let one of this user's processes at a time ask apt, which refuses the second."""
    with locked(lab_cache() / ".lock-debian", "another run asks apt; waiting for it"):
        yield


def install(packages: Sequence[str]) -> None:
    """Install packages; raise Fault where that fails. It needs apt-get and root."""
    say(f"installing {', '.join(packages)} (Debian packages, usually 20 s)")
    for words in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        done = subprocess.run(
            # For another program of the machine, as that of unattended upgrades, it waits.
            [found("apt-get") or "apt-get", "--quiet", "-oDPkg::Lock::Timeout=300", *words],
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = " ".join((done.stderr or done.stdout).split())[-300:]
            raise Fault(f"apt-get {words[0]}", f"it failed ({said})", "fix that, then run again")
