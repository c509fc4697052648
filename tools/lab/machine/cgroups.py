"""Control groups of the lab's pods, below one parent of their own in every hierarchy.

With the old version of control groups there is a hierarchy for each controller, with the new one
there is one for all; a machine may mount both, and then the old one counts.
"""

import os
import time
from contextlib import suppress
from pathlib import Path

from tools import Fault
from tools.lab.machine.paths import CGROUP

_NEEDED = {"cpu", "cpuset", "memory", "pids"}
_PLACE = Path("/sys/fs/cgroup")
_PATIENCE = 20.0
_WEIGHTS = {"cpu.shares": "4096", "cpu.weight": "400"}
"""Old and new version. By itself a group weighs as much as one thread outside of it, and all pods
together starve behind the tests and the control plane; these are four threads."""


def check() -> None:
    """Raise a fault where this machine has no control groups that a kubelet could use."""
    controllers = set()
    for mount in _hierarchies():
        listed = mount / "cgroup.controllers"
        controllers |= set(listed.read_text().split()) if listed.exists() else {mount.name}
        controllers |= set(mount.name.split(","))
    if missing := sorted(_NEEDED - controllers):
        raise Fault(
            str(_PLACE),
            f"this machine offers no control groups for {', '.join(missing)}",
            "run on a machine (or in a container that is given them) where they are mounted",
        )


def create() -> None:
    """Make the parent in every hierarchy, with all that a child may be limited in."""
    for mount in _hierarchies():
        parent = mount / CGROUP
        try:
            if mount == _PLACE:  # the new version alone: what is not handed down is not there
                offered = (mount / "cgroup.controllers").read_text().split()
                (mount / "cgroup.subtree_control").write_text(" ".join(f"+{x}" for x in offered))
            parent.mkdir(exist_ok=True)
            for name in ("cpuset.cpus", "cpuset.mems"):  # empty in the old version, so no use
                if (mount / name).exists() and not (parent / name).read_text().strip():
                    (parent / name).write_text((mount / name).read_text())
            for name, weight in _WEIGHTS.items():
                if (parent / name).exists():
                    (parent / name).write_text(weight)
        except OSError as error:
            raise Fault(
                str(parent),
                f"the control group cannot be made ({error.strerror})",
                "run as root, outside of a container or in one that may manage control groups",
            ) from None


def members() -> set[int]:
    """Return the processes of every pod."""
    found: set[int] = set()
    for group in _groups():
        try:
            found |= {int(line) for line in (group / "cgroup.procs").read_text().split()}
        except OSError:  # the group went away meanwhile, or its processes are in a child of it
            continue
    return found - {0}


def thaw() -> None:
    """Thaw what is frozen: in the old version such a process takes no signal, not even SIGKILL."""
    for group in _groups():
        state = group / "freezer.state"
        try:
            if state.exists() and state.read_text().strip() != "THAWED":
                state.write_text("THAWED")
        except OSError:  # the group went away meanwhile
            continue


def remove() -> None:
    """Remove the groups, whose processes have ended; the kernel may take a moment to see that."""
    deadline = time.monotonic() + _PATIENCE
    while groups := _groups():
        for group in reversed(groups):
            with suppress(OSError):
                group.rmdir()
        if time.monotonic() > deadline:
            held = ", ".join(map(str, sorted(members()))) or "none"
            raise Fault(
                str(groups[-1]),
                f"the control group cannot be removed (processes: {held})",
                "run `make lab-down` again in a moment",
            )
        time.sleep(0.05)


def _groups() -> list[Path]:
    """Return the lab's groups in every hierarchy, a parent before its children."""
    parents = [mount / CGROUP for mount in _hierarchies()]
    # os.walk passes over what vanishes meanwhile; Path.rglob raises.
    return [Path(folder) for parent in parents for folder, _, _ in os.walk(parent)]


def _hierarchies() -> list[Path]:
    lines = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    found = [Path(line[1]) for line in lines if line[2] in {"cgroup", "cgroup2"}]
    return [path for path in found if _PLACE in (path, path.parent)]
