"""Two network namespaces: the node with its pods, and a neighbour that survives the node.

Everything of the cluster listens in the first, so that this machine's own ports, addresses and
packet filter are as they were, and other API servers here do not collide with it. Neither namespace
has a way out. The neighbour is for what stands outside of the cluster, as an off-site store.
"""

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tools import Fault
from tools.lab.machine.host import program
from tools.lab.machine.paths import (
    NODE_ADDRESS,
    NODE_NETWORK,
    OFFSITE_ADDRESS,
    OFFSITE_NETWORK,
    POD_RANGE,
)

# A pair of virtual Ethernet devices joins the two; not every kernel has the `dummy` device.
_LINK, _PEER = "node0", "offsite0"


def inside(network: Path) -> list[str]:
    """Return what goes before a command that shall run in a namespace.

    Only its network: `ip netns exec` would also mount another /sys, without control groups.
    """
    return [program("nsenter"), f"--net={network}"]


def create() -> None:
    """Make both namespaces and join them; the neighbour's may be there, without its link."""
    for network in (NODE_NETWORK, OFFSITE_NETWORK):
        if _mounted(network):
            continue
        network.parent.mkdir(parents=True, exist_ok=True)
        network.touch()
        _run([program("unshare"), f"--net={network}", "true"])
        _ip(network, "link set lo up")
    _ip(NODE_NETWORK, f"link add {_LINK} type veth peer name {_PEER} netns {OFFSITE_NETWORK}")
    _ip(NODE_NETWORK, f"addr add {NODE_ADDRESS}/24 dev {_LINK}")
    _ip(NODE_NETWORK, f"link set {_LINK} up")
    # Not on the link, which goes with the node: what serves there keeps its address.
    _ip(OFFSITE_NETWORK, f"addr replace {OFFSITE_ADDRESS}/32 dev lo")
    _ip(OFFSITE_NETWORK, f"link set {_PEER} up")
    _ip(OFFSITE_NETWORK, f"route add {NODE_ADDRESS} dev {_PEER} src {OFFSITE_ADDRESS}")
    _ip(OFFSITE_NETWORK, f"route add {POD_RANGE} via {NODE_ADDRESS} src {OFFSITE_ADDRESS}")
    # What the node sends to a service's address needs a route before kube-proxy's rules turn it to
    # a pod; beyond this device there is nobody but the neighbour.
    _ip(NODE_NETWORK, f"route add default dev {_LINK}")
    for setting in ("ip_forward", "conf/all/route_localnet"):
        write = f"echo 1 >/proc/sys/net/ipv4/{setting}"  # each namespace has its own settings
        _run([*inside(NODE_NETWORK), "/bin/sh", "-c", write])


@contextmanager
def slowed(address: str, bytes_per_second: int) -> Iterator[None]:
    """Let a pod receive no more than so many bytes per second meanwhile, from all others at once.

    *address* is the pod's. What it sends is as fast as before.
    """
    found = subprocess.run(
        [*inside(NODE_NETWORK), program("ip"), "-json", "route", "get", address],
        capture_output=True,
        text=True,
        check=True,
    )
    limited = ("dev", json.loads(found.stdout)[0]["dev"], "root")
    control = [*inside(NODE_NETWORK), program("tc"), "qdisc"]
    rate = ("rate", f"{8 * bytes_per_second}bit", "burst", "64kb", "latency", "400ms")
    _run([*control, "add", *limited, "tbf", *rate])
    try:
        yield
    finally:
        # A pod that has been made again has another device.
        _run([*control, "delete", *limited], quiet=True)


def remove(network: Path) -> None:
    """Remove a namespace, if there; its packet rules go with its last process."""
    if _mounted(OFFSITE_NETWORK):
        # At once: the kernel takes its time with a namespace, and the next lab needs the name.
        _ip(OFFSITE_NETWORK, f"link delete {_PEER}", quiet=True)
    while _mounted(network):
        _run([program("umount"), str(network)])
    network.unlink(missing_ok=True)


def members(network: Path) -> set[int]:
    """Return the processes whose network is this namespace; none where it does not exist."""
    if not _mounted(network):
        return set()
    wanted = network.stat().st_ino
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "ns/net").stat().st_ino == wanted:
                found.add(int(process.name))
        except OSError:  # it ended meanwhile
            continue
    return found


def _mounted(network: Path) -> bool:
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return any(line.split()[4] == str(network) for line in lines)


def _ip(network: Path, arguments: str, *, quiet: bool = False) -> None:
    _run([*inside(network), program("ip"), *arguments.split()], quiet=quiet)


def _run(command: Sequence[str], *, quiet: bool = False) -> None:
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode and not quiet:
        raise Fault(
            "the lab's network",
            f"`{' '.join(command)}` failed ({answer.stderr.strip()[-200:]})",
            "fix that; in a container, give it the right to make network namespaces",
        )
