"""Nothing of a lab is left: processes, mounts, loop devices, control groups, namespaces, settings.

What is there is found where the kernel knows it, never by a list that a killed run may not have
written. So it is the same after an orderly end, a crash and a bring-up that got half-way.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from tools import Fault
from tools.build.cache import discard
from tools.lab.machine import cgroups, network
from tools.lab.machine.host import program
from tools.lab.machine.paths import MARKER, NODE_NETWORK, OFFSITE_NETWORK, RUN

_PATIENCE = 30.0
_PATIENCE_WITH_ALL = 300.0
_AT_ONCE = 500  # each takes a file descriptor, of which a process usually has 1024
# What a kubelet changes for the whole machine when it starts.
_SETTINGS = (
    "kernel/panic",
    "kernel/panic_on_oops",
    "kernel/keys/root_maxbytes",
    "kernel/keys/root_maxkeys",
    "vm/overcommit_memory",
    "vm/panic_on_oom",
)
_SYSCTL = Path("/proc/sys")
_NOTE = RUN / "settings.json"


def note_settings() -> None:
    """Remember the machine's settings that a kubelet changes; the first note counts."""
    if not _NOTE.exists():
        known = [name for name in _SETTINGS if (_SYSCTL / name).exists()]
        draft = _NOTE.with_suffix(".draft")
        draft.write_text(json.dumps({name: (_SYSCTL / name).read_text() for name in known}))
        draft.replace(_NOTE)


def end_processes(*, offsite: bool, spared: int | None = None) -> None:
    """End every process in the pods and in the node's network, and on demand the neighbour's.

    At once and by force, as a machine that lost its power; `spared` is a process that stays.
    A process that is started meanwhile is ended too, and has the same patience from then on.
    """
    networks = [NODE_NETWORK, *([OFFSITE_NETWORK] if offsite else [])]

    def members() -> set[int]:
        found = cgroups.members().union(*map(network.members, networks))
        return found - {os.getpid(), spared}

    killed: dict[int, float] = {}
    deadline = time.monotonic() + _PATIENCE_WITH_ALL
    while left := members():
        now = time.monotonic()
        for pid in left:
            if now > deadline or now - killed.get(pid, now) > _PATIENCE:
                raise Fault(
                    f"process {pid}", "it does not end", "wait, then run `make lab-down` again"
                )
        _kill(left, members)
        cgroups.thaw()  # what was frozen ends before it does anything else
        killed = {pid: killed.get(pid, now) for pid in left}
        time.sleep(0.1)


def remove_node(directory: Path, stored: Path, kept: Path | None = None) -> None:
    """Remove what the node has besides processes, but not the folder `kept` of its directory.

    `stored` is where containerd keeps images: what it mounted there goes, the images do not.
    """
    for place in (directory, RUN / "containerd", stored):
        _unmount(place)
    _detach(directory, kept)
    cgroups.remove()
    network.remove(NODE_NETWORK)
    _restore_settings()
    for place in directory.iterdir() if directory.is_dir() else ():
        if place != kept and place.name != MARKER:
            discard(place)


def remove(directory: Path, stored: Path) -> None:
    """Remove all but processes: of the lab in `directory`, and its neighbour."""
    remove_node(directory, stored)
    network.remove(OFFSITE_NETWORK)
    discard(directory)
    discard(RUN)


def _kill(pids: set[int], members: Callable[[], set[int]]) -> None:
    """Kill the processes that are still ours: a number may be another's by now.

    They are listed once for all. Listing takes a loaded machine a tenth of a second, and while each
    is listed again, those that live on start others.
    """
    with ExitStack() as stack:
        handles = {}
        for pid in sorted(pids)[:_AT_ONCE]:
            with suppress(ProcessLookupError):
                handles[pid] = os.pidfd_open(pid)
                stack.callback(os.close, handles[pid])
        for pid in handles.keys() & members():
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(handles[pid], signal.SIGKILL)


def _unmount(place: Path) -> None:
    """Unmount all that is mounted below a folder, the innermost first; again for stacked ones."""
    for _ in range(3):
        found = [mount for mount in _mounts() if f"{mount}/".startswith(f"{place}/")]
        if not found:
            return
        for mount in sorted(found, reverse=True):
            # Lazily: a process that we may not end (a shell in that folder) does not hold us up.
            subprocess.run([program("umount"), "-l", mount], capture_output=True, check=False)
    raise Fault(found[0], "it cannot be unmounted", f"run `umount {found[0]}`")


def _mounts() -> list[str]:
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    paths = [line.split()[4] for line in lines]
    return [path.encode().decode("unicode_escape") if "\\" in path else path for path in paths]


def _detach(directory: Path, kept: Path | None) -> None:
    """Detach the loop devices on files of the lab, and those that a kubelet put onto them."""
    ours: dict[str, tuple[int, int]] = {}
    devices = _loops()
    while True:
        more = [
            name
            for name, (file, node) in devices.items()
            if name not in ours
            and not (kept and file.startswith(f"{kept}/"))
            and (file.startswith(f"{directory}/") or node in ours.values())
        ]
        if not more:
            break
        for name in more:
            about = Path(name).stat()
            ours[name] = (about.st_dev, about.st_ino)
    for name in reversed(list(ours)):
        subprocess.run([program("losetup"), "-d", name], capture_output=True, check=False)
    deadline = time.monotonic() + _PATIENCE
    while left := sorted(set(_loops()) & set(ours)):
        if time.monotonic() > deadline:
            raise Fault(left[0], "it cannot be detached", f"run `losetup -d {left[0]}`")
        time.sleep(0.1)


def _loops() -> dict[str, tuple[str, tuple[int, int]]]:
    """Return each loop device with its file: path, and (device, inode), which a path may hide."""
    columns = "NAME,BACK-FILE,BACK-MAJ:MIN,BACK-INO"
    answer = subprocess.run(
        [program("losetup"), "--json", "--list", "--output", columns],
        capture_output=True,
        text=True,
        check=True,
    )
    found = {}
    for entry in json.loads(answer.stdout or '{"loopdevices": []}')["loopdevices"]:
        major, minor = map(int, entry["back-maj:min"].split(":"))
        path = str(entry["back-file"]).removesuffix(" (deleted)")
        found[entry["name"]] = (path, (os.makedev(major, minor), int(entry["back-ino"])))
    return found


def _restore_settings() -> None:
    if _NOTE.exists():
        for name, value in json.loads(_NOTE.read_text()).items():
            if (_SYSCTL / name).read_text() != value:
                (_SYSCTL / name).write_text(value)
