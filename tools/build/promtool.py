"""promtool, which reads and tests Prometheus's rules: this machine's, else out of Debian's package.

The package is unpacked, not installed: installed it would run a Prometheus.
"""

import shutil
import subprocess
from pathlib import Path

from tools import Fault
from tools.build.cache import lab_cache, made
from tools.build.debian import alone

_SECONDS = 300


def promtool() -> Path:
    """Return the program; a fault where this machine has neither it nor apt."""
    if found := shutil.which("promtool"):
        return Path(found)
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise Fault("promtool", "it is not installed", "install Prometheus's tools")
    return made(lab_cache() / "promtool-debian", _unpack) / "usr" / "bin" / "promtool"


def _unpack(draft: Path, _: int) -> None:
    draft.mkdir()
    with alone():
        try:
            _run(draft, "apt-get", "download", "prometheus")
        except Fault:  # a machine that has never asked for the list of packages
            _run(draft, "apt-get", "update")
            _run(draft, "apt-get", "download", "prometheus")
    (package,) = draft.glob("*.deb")
    _run(draft, "dpkg-deb", "--extract", package.name, ".")
    package.unlink()


def _run(folder: Path, *command: str) -> None:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    if done.returncode:
        said = " ".join(done.stderr.split())[-300:]
        raise Fault(" ".join(command[:2]), f"it failed ({said})", "run `apt-get update`")
