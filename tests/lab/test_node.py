"""The node: pods run, find each other and have no way out; and nothing is left of a lab, ever."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tools.lab.cluster import Lab

ROOT = Path(__file__).resolve().parents[2]
CRASHING = "tier0-crash"

pytestmark = [pytest.mark.own_parts("node"), pytest.mark.group("node")]


def test_the_node_is_ready_and_its_pods_have_addresses(lab: Lab) -> None:
    found = lab.get("/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app=kube-dns")
    assert found
    (pod,) = found["items"]
    assert pod["status"]["phase"] == "Running"
    assert pod["status"]["podIP"].startswith("10.244.")


def test_a_services_address_leads_to_its_pod_from_the_node(lab: Lab) -> None:
    ask = "import socket; s = socket.create_connection(('10.96.0.10', 53), 5); print('connected')"
    assert lab.run_in([sys.executable, "-c", ask]).stdout == "connected\n"


def test_the_cluster_has_no_way_out(lab: Lab) -> None:
    ask = "import socket; socket.create_connection(('192.0.2.1', 443), 3)"
    assert lab.run_in([sys.executable, "-c", ask]).returncode != 0


def test_nothing_of_the_lab_listens_outside_of_it_but_its_door(lab: Lab) -> None:
    door = lab.kubeconfig.read_text().partition("https://127.0.0.1:")[2].partition('"')[0]
    ours = {pid for pid in lab.status().values() if pid}
    sockets = {
        str(link.readlink())
        for pid in ours
        for link in Path(f"/proc/{pid}/fd").iterdir()
        if str(link.readlink()).startswith("socket:")
    }
    here = [line.split() for line in Path("/proc/self/net/tcp").read_text().splitlines()[1:]]
    listening = {
        int(entry[1].partition(":")[2], 16)
        for entry in here
        if entry[3] == "0A" and f"socket:[{entry[9]}]" in sockets
    }
    assert listening == {int(door)}


def test_the_machines_packet_filter_knows_nothing_of_the_cluster(lab: Lab) -> None:
    outside = subprocess.run(["iptables-save"], capture_output=True, text=True, check=True)
    inside = lab.run_in(["iptables-save"])
    assert "KUBE-SERVICES" in inside.stdout
    assert "KUBE-" not in outside.stdout


def test_bringing_up_what_is_up_changes_nothing(lab: Lab) -> None:
    dns = "/api/v1/namespaces/kube-system/configmaps/coredns"
    before, names = lab.status(), lab.get(dns)
    started = time.monotonic()
    lab.up()
    assert lab.status() == before
    after = lab.get(dns)
    assert names
    assert after
    assert after["data"] == names["data"]
    assert time.monotonic() - started < 20


class Crash:
    """A lab of another name beside the suite's, for being killed."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.environment = os.environ | {"TIER0_LAB": CRASHING}

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "tools.lab", "--directory", str(self.directory), *arguments]

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            self.command(*arguments),
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    def begin(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            # A shell starts what runs in its background with interrupts ignored; a person's hears.
            ["env", "--default-signal=INT", *self.command("up", "--node")],
            env=self.environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def left(self) -> list[str]:
        """Whatever the kernel or the file system still knows of it."""
        words = (CRASHING, str(self.directory))
        found = [str(p) for p in (Path("/run") / CRASHING, self.directory) if p.exists()]
        found += map(str, Path("/sys/fs/cgroup").glob(f"**/{CRASHING}"))
        found += [
            line
            for line in Path("/proc/self/mountinfo").read_text().splitlines()
            if any(word in line for word in words)
        ]
        for process in Path("/proc").glob("[0-9]*"):
            try:
                command = (process / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
            if any(word in command for word in words):
                found.append(f"process {process.name}: {command}")
        return found


@pytest.fixture
def crash(lab: Lab) -> Iterator[Crash]:
    # Not pytest's own: below it the kubelet's sockets have names longer than the kernel takes.
    with tempfile.TemporaryDirectory(prefix="tier0-") as home:
        crash = Crash(Path(home) / "crash")
        yield crash
        crash.run("down")
    shutil.rmtree(lab.cache / "stores" / CRASHING, ignore_errors=True)


@pytest.mark.parametrize("seconds", [0.5, 1.0, 1.5, 2.5, 4.0, 6.0, 9.0])
def test_nothing_is_left_of_a_lab_killed_at_any_moment(crash: Crash, seconds: float) -> None:
    up = crash.begin()
    time.sleep(seconds)
    up.kill()
    up.communicate()
    down = crash.run("down")
    assert (down.returncode, down.stderr) == (0, "")
    assert crash.left() == []


def test_an_interrupted_lab_says_so_and_the_next_up_makes_it_whole(crash: Crash) -> None:
    up = crash.begin()
    assert up.stdout
    next(line for line in up.stdout if line.startswith("node"))
    time.sleep(2)
    up.send_signal(signal.SIGINT)
    assert up.communicate()[1] == "tier0: up: interrupted; run it again, or `make lab-down`\n"
    assert up.returncode == 130
    again = crash.run("up", "--node")
    assert again.returncode == 0, again.stderr
    assert "stopped" not in crash.run("status").stdout


def test_a_part_that_ended_is_said_and_the_next_up_makes_it_whole(crash: Crash) -> None:
    assert crash.run("up", "--node").returncode == 0
    kubelet = _pid(crash.run("status").stdout, "kubelet")
    os.kill(kubelet, signal.SIGKILL)
    assert "kubelet: stopped" in crash.run("status").stdout
    again = crash.run("up", "--node")
    assert "a part of it ended: removing it first" in again.stdout
    assert "stopped" not in crash.run("status").stdout


LOSS = """
import pathlib, subprocess, sys
from tools.lab.cluster import Lab
from tools.lab.machine import network, paths
lab = Lab(pathlib.Path(sys.argv[1]))
lab.up()
outside, address = network.inside(paths.OFFSITE_NETWORK), (paths.OFFSITE_ADDRESS, 8000)
kept = subprocess.Popen(
    [*outside, sys.executable, "-m", "http.server", "--bind", *map(str, address)],
    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
)
(lab.offsite / "kept").write_text("kept")
lab.apply([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "lost"}}])
lab.lose_node()
assert not any(lab.status().values()), lab.status()
assert kept.poll() is None, "what is off-site ended with the node"
call = f"import socket; socket.create_connection({address}, 5)"
assert subprocess.run([*outside, sys.executable, "-c", call]).returncode == 0, "it lost its address"
lab.up()
assert (lab.offsite / "kept").read_text() == "kept"
assert lab.get("/api/v1/namespaces/lost") is None, "the new node remembers the old one"
lab.down()
assert kept.wait(5) == -9, "what is off-site outlived the lab"
"""


def test_a_lost_node_comes_again_empty_and_what_is_off_site_stays(crash: Crash) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", LOSS, str(crash.directory)],
        env=crash.environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert crash.left() == []


def test_after_a_reboot_the_next_up_makes_it_anew(crash: Crash) -> None:
    crash.directory.mkdir()
    for name in ("this-is-a-lab", "pki"):  # what a reboot leaves: files, and nothing in /run
        (crash.directory / name).touch()
    again = crash.run("up", "--node")
    assert again.returncode == 0, again.stderr


def test_the_machines_own_settings_come_back(crash: Crash) -> None:
    def settings() -> dict[str, Any]:
        names = ("kernel/panic", "kernel/panic_on_oops", "vm/overcommit_memory")
        return {name: (Path("/proc/sys") / name).read_text() for name in names}

    before = settings()
    assert crash.run("up", "--node").returncode == 0
    assert crash.run("down").returncode == 0
    assert settings() == before


def _pid(status: str, name: str) -> int:
    lines = dict(line.split(": ") for line in status.splitlines())
    return int(lines[name])
