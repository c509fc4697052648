"""Packages of Debian that a machine lacks, installed on it."""

import os
import shutil
import subprocess
from collections.abc import Sequence

from tools import Fault, say

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def found(program: str) -> str | None:
    """Return the path of an installed program; None where there is none."""
    return shutil.which(program, path=_PATH)


def install(packages: Sequence[str]) -> None:
    """Install packages; raise Fault where that fails. It needs apt-get and root."""
    say(f"installing {', '.join(packages)} (Debian packages, usually 20 s)")
    for words in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        done = subprocess.run(
            [found("apt-get") or "apt-get", "--quiet", *words],
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = " ".join((done.stderr or done.stdout).split())[-300:]
            raise Fault(f"apt-get {words[0]}", f"it failed ({said})", "fix that, then run again")
