"""A drill on a real API server, where nothing runs a Job: it is admitted, given up, and removed."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from components.pods.evidence import STATUS
from stacks.cluster import ClusterClient, Refused
from stacks.command import Fault
from stacks.drill.drill import Asked, drill
from tests.engine.waiting import until
from tests.stacks.drill.clusters import NAMESPACE, schedule
from tests.tools.docs.test_ci_gate import blocks
from tests.valid import environment
from tools.sandbox.api_server import Sandbox

_ASKED = Asked(
    database="n8n", depth="restore", store="archive", to=None, dry=False, as_json=True, junit=None
)


@pytest.fixture
def cluster(sandbox: Sandbox) -> Iterator[ClusterClient]:
    """A client of the sandbox, with the namespace of drills and a schedule that is suspended."""
    made = schedule()
    made |= {"apiVersion": "batch/v1", "kind": "CronJob"}
    del made["metadata"]["uid"]
    made["spec"]["schedule"] = "23 3 * * *"
    pod = made["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    pod |= {"restartPolicy": "Never"}
    for container in (*pod["containers"], *pod["initContainers"]):
        container["image"] = "example.org/python:1"
    metadata: dict[str, Any] = {"name": NAMESPACE}
    with sandbox.cluster() as opened:
        opened.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}, manager="t")
        opened.apply(made, manager="t")
        yield opened


def _jobs(cluster: ClusterClient) -> list[str]:
    return [it["metadata"]["name"] for it in cluster.objects("batch/v1", "Job", NAMESPACE)]


def test_a_drill_that_nothing_starts_could_not_verify_and_leaves_no_job(
    cluster: ClusterClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    looks = iter((600.0, 600.0, -1.0))

    def later(_: float) -> None:
        monkeypatch.setattr("stacks.drill.run._START_SECONDS", next(looks))

    monkeypatch.setattr("stacks.drill.run.time.sleep", later)
    before = cluster.get("batch/v1", "CronJob", "n8n-restore", NAMESPACE)
    assert drill(cluster, environment(), _ASKED) == STATUS["unverified"]
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert told["reason"].startswith(f"Job {NAMESPACE}/n8n-restore-")
    assert told["reason"].endswith(
        ": it does not start (it has no pod); correct that, then run again"
    )
    assert said.err.count("waits (it has no pod)") == 1
    assert _jobs(cluster) == []
    assert cluster.get("batch/v1", "CronJob", "n8n-restore", NAMESPACE) == before


def test_a_job_that_is_deleted_from_outside_is_said(
    cluster: ClusterClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def deleting(_: float) -> None:
        for name in _jobs(cluster):
            cluster.delete("batch/v1", "Job", name, NAMESPACE)

    monkeypatch.setattr("stacks.drill.run.time.sleep", deleting)
    assert drill(cluster, environment(), _ASKED) == STATUS["unverified"]
    assert "it was deleted while it ran" in json.loads(capsys.readouterr().out)["reason"]


def test_the_role_on_the_page_is_enough_for_a_pipeline(
    cluster: ClusterClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("stacks.drill.run._START_SECONDS", 0)
    role, *_ = blocks()
    cluster.apply(role, manager="t")
    group = "rbac.authorization.k8s.io"
    binding = {
        "apiVersion": f"{group}/v1",
        "kind": "RoleBinding",
        "metadata": role["metadata"],
        "roleRef": {"apiGroup": group, "kind": "Role", "name": role["metadata"]["name"]},
        "subjects": [{"apiGroup": group, "kind": "User", "name": "pipeline"}],
    }
    cluster.apply(binding, manager="t")
    cluster.api.set_default_header("Impersonate-User", "pipeline")
    # Each account is in it; its members may ask which kinds there are.
    cluster.api.set_default_header("Impersonate-Group", "system:authenticated")
    _until_it_is_known(cluster)
    assert drill(cluster, environment(), _ASKED) == STATUS["unverified"]
    said = capsys.readouterr()
    assert "it has no pod" in json.loads(said.out)["reason"]
    assert said.err.rstrip().endswith("it is deleted, and its scratch cluster with it")
    with pytest.raises(Refused, match="cannot list resource"):
        cluster.objects("v1", "Secret", NAMESPACE)


def _until_it_is_known(cluster: ClusterClient) -> None:
    """Wait until the authorizer has seen the binding, which it is told of after it is stored."""

    def known() -> bool:
        try:
            return cluster.get("batch/v1", "CronJob", "n8n-restore", NAMESPACE) is not None
        except Refused:
            return False

    until(known, "the authorizer does not know the binding")


def test_without_the_schedule_nothing_is_made(cluster: ClusterClient) -> None:
    cluster.delete("batch/v1", "CronJob", "n8n-restore", NAMESPACE)
    with pytest.raises(Fault, match=r"^CronJob tier0-drills/n8n-restore: it is not there; run pu"):
        drill(cluster, environment(), _ASKED)
    assert _jobs(cluster) == []
