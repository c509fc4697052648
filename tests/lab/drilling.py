"""Drills of the environment's database n8n, by the command line and by what they leave behind."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from components.pods.evidence import Evidence, read
from components.postgres.drills import DRILLS_NAMESPACE, record_name, watch_name
from tests.support import ROOT
from tools.lab.access import Cluster
from tools.lab.databases.commands import stacks
from tools.lab.databases.deployed import Deployed

ROLE = "n8n"


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
