"""Where the lab is on this machine: one name for all that it puts outside of its directory."""

import os
from pathlib import Path

NAME = os.environ.get("TIER0_LAB", "tier0-lab")
"""Another name is another lab next to the first, as the tests of crashes need one."""

RUN = Path("/run") / NAME
"""Sockets, network namespaces and containerd's state; gone after a reboot, as all of these are."""

OWNER = RUN / "owner"
"""Holds the directory of the lab that has the name: a second one on the machine is refused."""

LOCK = Path("/run/lock") / NAME
"""Held by whoever brings a lab of this name up or down."""

NODE_NETWORK = RUN / "networks" / "node"
OFFSITE_NETWORK = RUN / "networks" / "offsite"

NODE = "node1"
NODE_ADDRESS = "10.200.0.1"
OFFSITE_ADDRESS = "10.200.0.2"
OFFSITE_HOST = "offsite.tier0.test"
"""The neighbour's name: in its certificate, and in the node's CoreDNS."""

POD_RANGE = "10.244.0.0/16"
SERVICE_RANGE = "10.96.0.0/16"
API_SERVICE = "10.96.0.1"
DNS_SERVICE = "10.96.0.10"

CGROUP = NAME
"""Parent of every pod's control groups, in each hierarchy."""

MARKER = "this-is-a-lab"
"""A file in a lab's directory: only a directory that has it is ever removed."""
