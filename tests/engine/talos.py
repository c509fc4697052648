"""Stand-ins of Talos nodes for one test, and the acts of the script on them."""

import base64
import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from tests.support import ROOT
from tools.build.toolchain import Toolchain
from tools.ports import kept, number
from tools.talos.node import Node
from tools.talos.pki import Pki
from tools.talos.tools import toolchain

SCRIPT = ROOT / "components" / "talos" / "bootstrap.sh"
POLL = "0.2"
"""Seconds between two looks at a node."""

KEY = "hunter2-of-the-machine"
CONFIGURATION = f"version: v1alpha1\nmachine:\n  token: {KEY}\n"


def path() -> str:
    """PATH with the real talosctl and tofu, and this machine's own tools."""
    folders = [str(toolchain().binary(name).parent) for name in ("talosctl", "tofu")]
    return os.pathsep.join([*folders, os.environ["PATH"]])


class Cluster:
    """Nodes on loopback addresses of their own, and who may talk to them."""

    def __init__(self, folder: Path) -> None:
        self.pki = Pki(folder / "pki")
        self.talosconfig = self.pki.talosconfig(self.pki.client())
        self.nodes: dict[str, Node] = {}
        # Talos has one port, so it is the address that keeps two tests apart.
        self._net = f"127.{os.getpid() % 250 + 1}.{os.urandom(1)[0]}"

    def add(
        self, name: str, kind: str = "control-plane", *, configured: bool = True, etcd: bool = False
    ) -> Node:
        node = Node(
            f"{self._net}.{len(self.nodes) + 1}",
            self.pki,
            kind=kind,
            configuration=CONFIGURATION.encode() if configured else b"",
            etcd=etcd,
        )
        self.nodes[name] = node
        return node

    def stop(self) -> None:
        for node in self.nodes.values():
            node.stop()

    def act(
        self, act: str, name: str = "cp-1", *, before: str = "", **settings: str
    ) -> subprocess.CompletedProcess[str]:
        """Run an act on node *name*; *before* is what it printed the last time."""
        controls = {n: node for n, node in self.nodes.items() if node.kind != "worker"}
        return run(
            act,
            {
                "TIER0_TALOSCONFIG": self.talosconfig,
                "TIER0_MACHINE_CONFIG": CONFIGURATION,
                "TIER0_NODE": name,
                "TIER0_ADDRESS": self.nodes[name].address,
                "TIER0_REVISION": "1",
                "TIER0_RECOVER_FROM": "",
                "TIER0_OTHERS": " ".join(
                    f"{n}={node.address}" for n, node in controls.items() if n != name
                ),
                "TIER0_CONTROL_PLANES": ",".join(node.address for node in controls.values()),
                "TIER0_WORKERS": "",
                "TIER0_BOUND": "120",
                "TIER0_POLL": POLL,
                **({"PULUMI_COMMAND_STDOUT": before} if before else {}),
                **settings,
            },
        )


def run(
    act: str, environment: Mapping[str, str], script: Path = SCRIPT, search: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run *act* of *script* as the component does; its last words must hold no secret."""
    done = subprocess.run(
        ["bash", "-c", f"set -- {act}\n{script.read_text()}"],
        env={"PATH": search or path(), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert KEY not in done.stderr
    assert KEY not in done.stdout
    return done


def etcd_snapshot(folder: Path) -> Path:
    """Return a snapshot of a real etcd, as `talosctl etcd snapshot` writes it."""
    tools = Toolchain()
    tools.build()
    doors = [kept(), kept()]
    urls = [f"http://127.0.0.1:{number(door)}" for door in doors]
    command = [
        str(tools.binary("etcd")),
        "--data-dir",
        str(folder / "data"),
        "--log-level",
        "error",
    ]
    flags = ("--listen-client-urls", "--advertise-client-urls", "--listen-peer-urls")
    for flag, url in zip(flags, (urls[0], urls[0], urls[1]), strict=True):
        command += [flag, url]
    command += ["--initial-advertise-peer-urls", urls[1]]
    command += ["--initial-cluster", f"default={urls[1]}"]
    with doors[0], doors[1], subprocess.Popen(command) as etcd:
        try:
            answer = _snapshot_of(urls[0])
        finally:
            etcd.terminate()
    file = folder / "etcd.snapshot"
    parts = (json.loads(line)["result"].get("blob", "") for line in answer.splitlines())
    file.write_bytes(b"".join(map(base64.b64decode, parts)))
    return file


def _snapshot_of(url: str) -> bytes:
    request = urllib.request.Request(f"{url}/v3/maintenance/snapshot", b"{}")  # noqa: S310
    deadline = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(request) as answer:  # noqa: S310 - of our own etcd
                content: bytes = answer.read()
                return content
        except urllib.error.URLError:
            assert time.monotonic() < deadline, f"etcd at {url} gives no snapshot"
            time.sleep(0.1)
