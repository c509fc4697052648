"""Control groups of the lab's pods, below one parent of their own in every hierarchy.

With the old version of control groups there is a hierarchy for each controller, with the new one
there is one for all; a machine may mount both, and then the old one counts.
"""

from pathlib import Path

from tools import Fault
from tools.lab.place import CGROUP

_NEEDED = {"cpu", "cpuset", "memory", "pids"}
_PLACE = Path("/sys/fs/cgroup")


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
        except OSError as error:
            raise Fault(
                str(parent),
                f"the control group cannot be made ({error.strerror})",
                "run as root, outside of a container or in one that may manage control groups",
            ) from None


def members() -> set[int]:
    """Return the processes of every pod."""
    found: set[int] = set()
    for mount in _hierarchies():
        for group in (mount / CGROUP).rglob("cgroup.procs"):
            try:
                found |= {int(line) for line in group.read_text().split()}
            except OSError:  # the group went away meanwhile, or its processes are in a child of it
                continue
    return found - {0}


def remove() -> None:
    """Remove the groups, whose processes have ended."""
    for mount in _hierarchies():
        parent = mount / CGROUP
        folders = [path for path in parent.rglob("*") if path.is_dir()] if parent.is_dir() else []
        for folder in sorted([*folders, *([parent] if parent.is_dir() else [])], reverse=True):
            try:
                folder.rmdir()
            except OSError as error:
                held = ", ".join(map(str, sorted(members()))) or "none"
                raise Fault(
                    str(folder),
                    f"the control group cannot be removed ({error.strerror}; processes: {held})",
                    "run `make lab-down` again in a moment",
                ) from None


def thaw() -> None:
    """Thaw what is frozen: in the old version such a process takes no signal, not even SIGKILL."""
    for mount in _hierarchies():
        for state in (mount / CGROUP).rglob("freezer.state"):
            state.write_text("THAWED")


def _hierarchies() -> list[Path]:
    lines = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    found = [Path(line[1]) for line in lines if line[2] in {"cgroup", "cgroup2"}]
    return [path for path in found if _PLACE in (path, path.parent)]
