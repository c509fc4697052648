"""A cluster that runs one program in a pod, as the API server shows it."""

import copy
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from stacks.cluster import ClusterClient, Manifest
from tests.support import ROOT


class Cluster:
    """Pods by name; one that is applied goes through *states*, and ends with the *log*."""

    def __init__(self) -> None:
        self.pods: dict[str, Manifest] = {}
        self.applied: list[Manifest] = []
        self.states: list[Manifest] = []
        self.snapshots: list[Manifest] = []
        self.log_text = ""

    @property
    def client(self) -> ClusterClient:
        return cast("ClusterClient", self)

    def ends(self, told: object, status: int = 0, states: tuple[Manifest, ...] = ()) -> None:
        """Have the program print a line and what it tells, and end with a status."""
        self.log_text = f"some progress\n{told if status else json.dumps(told)}\n"
        self.states = [*states, ended(status)]

    def left(self, name: str, *, ago: timedelta, status: Manifest, seconds: int = 600) -> None:
        """Have a pod there that another run has left."""
        metadata = {"name": name, "creationTimestamp": _z(datetime.now(UTC) - ago)}
        spec = {"activeDeadlineSeconds": seconds}
        self.pods[name] = {"metadata": metadata, "spec": spec, "status": status}

    def apply(self, manifest: Manifest, *, manager: str) -> Manifest:
        assert manager == "tier0"
        self.applied.append(copy.deepcopy(manifest))
        self.pods[manifest["metadata"]["name"]] = manifest
        return manifest

    def get(self, version: str, kind: str, name: str, namespace: str) -> Manifest | None:
        assert (version, kind, namespace) == ("v1", "Pod", "n8n-test")
        pod = self.pods.get(name)
        if pod is None:
            return None
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return pod | {"status": state}

    def objects(self, version: str, kind: str, namespace: str, *, labels: str) -> list[Manifest]:
        if kind == "VolumeSnapshot":
            return self.snapshots
        assert (version, kind, namespace, labels) == ("v1", "Pod", "n8n-test", "tier0/command")
        return list(self.pods.values())

    def delete(self, version: str, kind: str, name: str, namespace: str, *, grace: int) -> None:
        assert (version, kind, namespace, grace) == ("v1", "Pod", "n8n-test", 0)
        self.pods.pop(name, None)

    def log(self, namespace: str, pod: str, container: str) -> str:
        assert (namespace, container) == ("n8n-test", "program")
        assert pod in self.pods
        return self.log_text


def _z(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def ended(status: int = 0, *, ago: timedelta = timedelta()) -> Manifest:
    """Return the status of a pod whose program has ended."""
    at = _z(datetime.now(UTC) - ago)
    state = {"terminated": {"exitCode": status, "reason": "Error", "finishedAt": at}}
    return {"containerStatuses": [{"name": "program", "state": state}]}


def waiting(reason: str, message: str = "") -> Manifest:
    """Return the status of a pod whose program does not run yet."""
    state = {"waiting": {"reason": reason, "message": message}}
    return {"phase": "Pending", "containerStatuses": [{"name": "program", "state": state}]}


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """Return a cluster that answers at once."""
    monkeypatch.setattr("stacks.recovery.pods._POLL_SECONDS", 0)
    return Cluster()


@pytest.fixture
def homelab(tmp_path: Path) -> Path:
    """Return a copy of homelab's file."""
    path = tmp_path / "elsewhere.py"
    path.write_bytes((ROOT / "stacks/homelab.py").read_bytes())
    return path
