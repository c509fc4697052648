"""`python -m stacks report`, on a real API server."""

import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from stacks.cluster import ClusterClient
from tests import drilled
from tests.stacks.report.conftest import recent
from tools.sandbox.api_server import Sandbox

Stacks = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def cluster(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[ClusterClient]:
    """A client of the sandbox, to which the command is led."""
    # The library reads KUBECONFIG only once, when it is imported.
    default = "stacks.cluster.client.KUBE_CONFIG_DEFAULT_LOCATION"
    monkeypatch.setattr(default, str(sandbox.kubeconfig))
    with sandbox.cluster() as opened:
        yield opened


def _applied(cluster: ClusterClient, kind: str, **more: Any) -> None:
    names = {"Namespace": {"name": "tier0-drills"}}
    in_it = {"name": "n8n-drills", "namespace": "tier0-drills"}
    manifest = {"apiVersion": "v1", "kind": kind, "metadata": names.get(kind, in_it), **more}
    cluster.apply(manifest, manager="drill")


def test_the_record_in_the_cluster_is_reported(cluster: ClusterClient, stacks: Stacks) -> None:
    assert stacks("report", "homelab").returncode == 5
    _applied(cluster, "Namespace")
    record = drilled.data(recent(drilled.passed()), recent(drilled.look()))
    _applied(cluster, "ConfigMap", data=record)
    done = stacks("report", "homelab")
    assert (done.returncode, done.stderr) == (0, "")
    assert "+ fresh" in done.stdout
    _applied(cluster, "ConfigMap", data=record | {"look": "{"})
    assert stacks("report", "homelab").returncode == 5
