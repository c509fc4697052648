"""What the lab needs of this machine, and the sentence where it is missing."""

import shutil

from tools import Fault

PACKAGES = {
    "apt-get": "apt",
    "chroot": "coreutils",
    "containerd": "containerd",
    "conntrack": "conntrack",
    "ctr": "containerd",
    "ip": "iproute2",
    "iptables": "iptables",
    "losetup": "mount",
    "mmdebstrap": "mmdebstrap",
    "nsenter": "util-linux",
    "openssl": "openssl",
    "runc": "runc",
    "umount": "mount",
    "unshare": "util-linux",
}
"""Programs that the lab runs, and the Debian package of each."""


def program(name: str) -> str:
    """Return the path of a program; a fault that names its package where it is not installed."""
    found = shutil.which(name, path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    if found is None:
        raise Fault(name, "it is not installed", f"run `apt-get install {PACKAGES[name]}`")
    return found
