"""Drills of the environment's database n8n, by the command line and by what they leave behind."""

import base64
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.ceph.reader import reader_name
from components.pods.evidence import Evidence, read
from components.postgres.drills import DRILLS_NAMESPACE, record_name, watch_name
from tests.support import ROOT
from tools.lab.access import Cluster
from tools.lab.databases.commands import stacks
from tools.lab.databases.deployed import Deployed

ROLE = "n8n"
TABLE = "create table if not exists drilled as select g as id from generate_series(1, 1000) g"
"""Makes the table by which the application's rows are known."""

_LOOK_SECONDS = 0.02
_START_SECONDS = 120


def why(found: Evidence) -> str:
    """Return what a drill has against the archive, or why it verified nothing."""
    refuted = [f"{it.name}: {it.reason}" for it in found.proofs if it.outcome != "proved"]
    return "; ".join([found.verdict, found.rung, found.reason, *refuted])


@dataclass(frozen=True)
class Program:
    """The program in a drill's pod, as a process of this machine, which is the lab's node."""

    job: str
    """The Job that its pod is of."""

    handle: int
    """Its pidfd."""

    def send(self, which: signal.Signals) -> None:
        """Send it a signal; none to one that has ended."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.handle, which)

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return bool(select.select([self.handle], [], [], 0)[0])


@contextmanager
def _program() -> Iterator[Program]:
    """Wait until the pod of a drill runs its program."""
    deadline = time.monotonic() + _START_SECONDS
    while (found := _process()) is None:
        assert time.monotonic() < deadline, "no drill's program runs"
        time.sleep(_LOOK_SECONDS)
    try:
        yield found
    finally:
        os.close(found.handle)


def _process() -> Program | None:
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ends meanwhile
            if b"\0pods.drill\0" in (folder / "cmdline").read_bytes():
                handle = os.pidfd_open(int(folder.name))
                variables = (folder / "environ").read_bytes().split(b"\0")
                (job,) = [it[9:].decode() for it in variables if it.startswith(b"JOB_NAME=")]
                return Program(job, handle)
    return None


class Drilling:
    """The drills of one database, as the environment of *module* declares them."""

    def __init__(self, database: Deployed, module: Path) -> None:
        """Nothing is drilled yet."""
        self.database, self.module = database, module

    @property
    def lab(self) -> Cluster:
        """Where it runs."""
        return self.database.lab

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of a drill."""
        return [sys.executable, "-m", "stacks", *self._words(*arguments)]

    def _words(self, *arguments: str) -> list[str]:
        return ["drill", str(self.module), ROLE, "--json", *arguments]

    @property
    def known(self) -> dict[str, str]:
        """The process environment of a command."""
        return os.environ | {"KUBECONFIG": str(self.lab.kubeconfig)}

    def run(self, *arguments: str) -> tuple[int, Evidence]:
        """Run a drill to its end; return its exit status and its evidence."""
        done = stacks(self.lab, *self._words(*arguments))
        assert done.stdout, done.stderr
        return done.returncode, read(json.loads(done.stdout))

    @contextmanager
    def running(self, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
        """Start a drill; it is interrupted at the end of the block, if it still runs."""
        with subprocess.Popen(
            self.command(*arguments),
            cwd=ROOT,
            env=self.known,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as started:
            try:
                yield started
            finally:
                if started.poll() is None:
                    started.terminate()

    def settings(self, depth: str) -> Mapping[str, Any]:
        """Return the settings of drills of a depth, as the environment declares them."""
        path = f"/apis/batch/v1/namespaces/{DRILLS_NAMESPACE}/cronjobs/{ROLE}-{depth}"
        found: Mapping[str, Any] = json.loads(_command((self.lab.get(path) or {})["spec"])[-1])
        return found

    @contextmanager
    def declared(self, depth: str = "restore", **settings: object) -> Iterator[None]:
        """Have drills of a depth other settings than those that the environment declares."""
        kube, name = self.lab.kube, f"{ROLE}-{depth}"
        path = f"/apis/batch/v1/namespaces/{DRILLS_NAMESPACE}/cronjobs/{name}"
        found: dict[str, Any] = self.lab.get(path) or {}
        before, owners = found["spec"], found["metadata"]["managedFields"]
        changed = json.loads(json.dumps(before))
        command = _command(changed)
        command[-1] = json.dumps({**self.settings(depth), **settings})
        kube.patch("batch/v1", "CronJob", name, DRILLS_NAMESPACE, change={"spec": changed})
        try:
            yield
        finally:
            kube.patch("batch/v1", "CronJob", name, DRILLS_NAMESPACE, change={"spec": before})
            # As if it had never been changed: else the next `pulumi up` meets another manager.
            change = {"metadata": {"managedFields": owners}}
            kube.patch("batch/v1", "CronJob", name, DRILLS_NAMESPACE, change=change)

    @contextmanager
    def standing_at(self, step: str) -> Iterator["Program"]:
        """Wait until a drill that runs is at a step, and have it stand still there for a while.

        A short step may be over before it stands; its record says where it is.
        """
        with _program() as program:
            while not self._at(program, step):
                assert not program.ended, f"the drill was never seen at '{step}'"
                time.sleep(_LOOK_SECONDS)
            program.send(signal.SIGSTOP)
            try:
                yield program
            finally:
                program.send(signal.SIGCONT)

    def _at(self, program: "Program", step: str) -> bool:
        running = self.recorded("running") or {}
        return running.get("job") == program.job and running["step"].startswith(step)

    def recorded(self, key: str) -> Any:
        """Return what the record has under a key; None if it has nothing there."""
        path = f"/api/v1/namespaces/{DRILLS_NAMESPACE}/configmaps/{record_name(ROLE)}"
        data = (self.lab.get(path) or {}).get("data") or {}
        return json.loads(data[key]) if key in data else None

    @property
    def scratch(self) -> Mapping[str, Any] | None:
        """The scratch Cluster, if there is one."""
        group = f"/apis/postgresql.cnpg.io/v1/namespaces/{DRILLS_NAMESPACE}/clusters"
        return self.lab.get(f"{group}/drill")

    def left(self) -> list[str]:
        """Return what a drill has made and not removed."""
        folder = f"/api/v1/namespaces/{DRILLS_NAMESPACE}/persistentvolumeclaims"
        claims = [it["metadata"]["name"] for it in self.lab.kube.items(folder)]
        return [*claims, *(["Cluster drill"] if self.scratch else [])]

    @contextmanager
    def refused(self) -> Iterator[None]:
        """Have the archive refuse the keys of drills; Rook rests, which would write them again."""
        kube, path = self.lab.kube, f"/api/v1/namespaces/{DRILLS_NAMESPACE}/secrets"
        (one,) = [
            it for it in kube.items(path) if it["metadata"]["name"].endswith(reader_name(ROLE))
        ]
        before, wrong = one["data"], base64.b64encode(b"wrong").decode()
        secret = ("v1", "Secret", one["metadata"]["name"], DRILLS_NAMESPACE)
        operator = ("apps/v1", "Deployment", "rook-ceph-operator", "rook-ceph")
        pods = f"/api/v1/namespaces/rook-ceph/pods?labelSelector=app%3D{operator[2]}"
        kube.patch(*operator, change={"spec": {"replicas": 0}})
        try:
            self.lab.wait("Rook rests", lambda: not kube.items(pods))
            keys = {key: wrong for key in before if "secret" in key.lower()}
            kube.patch(*secret, change={"data": keys})
            yield
        finally:
            kube.patch(*secret, change={"data": before})
            kube.patch(*operator, change={"spec": {"replicas": 1}})

    def jobs(self) -> list[str]:
        """Return the names of the Jobs of drills that have not ended."""
        folder = f"/apis/batch/v1/namespaces/{DRILLS_NAMESPACE}/jobs"
        return [
            it["metadata"]["name"]
            for it in self.lab.kube.items(folder)
            if it.get("status", {}).get("active")
        ]

    def metric(self, name: str, **labels: str) -> float | None:
        """Return a metric of what watches the database; None if there is no such series."""
        watch = watch_name(self.database.first or self.database.name)
        where = f"/api/v1/namespaces/{self.database.namespace}/services/{watch}:8080/proxy/metrics"
        answer = self.lab.kube.request("GET", where)
        assert answer.ok, answer.message
        for line in answer.text.splitlines():
            found = re.fullmatch(r"(\w+)\{(.*)\} (\S+)", line)
            if found is None or found[1] != f"tier0_{name}":
                continue
            given = dict(re.findall(r'(\w+)="([^"]*)"', found[2]))
            if all(given.get(label) == value for label, value in labels.items()):
                return float(found[3])
        return None


def _command(cron_job: Mapping[str, Any]) -> list[str]:
    """Return the command of what a CronJob's `spec` runs."""
    (container,) = cron_job["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    command: list[str] = container["command"]
    return command
