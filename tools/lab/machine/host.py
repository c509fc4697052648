"""What the lab needs of this machine, and the sentence where it is missing."""

import os
import subprocess
import sys
from pathlib import Path

from tools import Fault
from tools.build.debian import found, install
from tools.lab.machine import cgroups

PACKAGES = {
    "apt-get": "apt",
    "chroot": "coreutils",
    "containerd": "containerd",
    "conntrack": "conntrack",
    "ctr": "containerd",
    "fsfreeze": "util-linux",
    "ip": "iproute2",
    "iptables": "iptables",
    "losetup": "mount",
    "mkfs.btrfs": "btrfs-progs",
    "mmdebstrap": "mmdebstrap",
    "mount": "mount",
    "nsenter": "util-linux",
    "openssl": "openssl",
    "runc": "runc",
    "setsid": "util-linux",
    "tc": "iproute2",
    "umount": "mount",
    "unshare": "util-linux",
}
"""Programs that the lab runs, and the Debian package of each."""


NETWORK_PLUGINS = (Path("/usr/lib/cni"), Path("/opt/cni/bin"))
"""Where containerd's network plugins may be."""


def program(name: str) -> str:
    """Return the path of a program; a fault that names its package where it is not installed."""
    path = found(name)
    if path is None:
        raise Fault(name, "it is not installed", f"run `apt-get install {PACKAGES[name]}`")
    return path


def missing() -> list[str]:
    """Return the Debian packages that a lab needs and this machine lacks."""
    lacking = {package for name, package in PACKAGES.items() if found(name) is None}
    if not any((path / "ptp").exists() for path in NETWORK_PLUGINS):
        lacking.add("containernetworking-plugins")
    return sorted(lacking)


def provide() -> None:
    """Install the packages that this machine lacks, where it is a Debian (20 s).

    On another system nothing is done, and `check` names what is missing.
    """
    check_root()
    lacking = missing()
    if lacking and found("apt-get"):
        install(lacking)


def check() -> None:
    """Raise the fault of the first thing that a lab needs and this machine lacks."""
    check_root()
    if lacking := missing():
        raise Fault(
            "this machine",
            f"it lacks {', '.join(lacking)}",
            f"run `apt-get install --no-install-recommends {' '.join(lacking)}`",
        )
    check_kernel()


def check_kernel() -> None:
    """Raise a fault where root is refused here what a lab does, as in most containers."""
    cgroups.check()
    if subprocess.run([program("unshare"), "--net", "--mount", "true"], check=False).returncode:
        raise Fault(
            "this machine",
            "it refuses network namespaces and mounts to root",
            "use a virtual machine, or a container that may make them",
        )
    if "overlay" not in Path("/proc/filesystems").read_text():
        raise Fault(
            "this machine's kernel",
            "it has no overlay file system",
            "load its module: `modprobe overlay`",
        )


def check_root() -> None:
    """Raise a fault where this process may not do what a lab needs."""
    if sys.platform != "linux":
        raise Fault("this machine", f"{sys.platform} is not Linux", "use a Linux machine")
    if os.geteuid() != 0:
        raise Fault(
            "the lab",
            "it makes namespaces, mounts and control groups, which only root may",
            "run it as root, in a virtual machine if that is too much",
        )
