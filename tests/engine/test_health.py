"""Argo CD's health checks, run by the interpreter that Argo CD runs them with."""

import json
import subprocess
from typing import Any

import pytest

from components.gitops.health import HEALTH
from components.kube.readiness import READINESS
from tools.build.toolchain import Toolchain


def _health(toolchain: Toolchain, kind: str, status: object) -> dict[str, str]:
    """What Argo CD's interpreter makes of an object of the second generation with *status*."""
    (script,) = [text for key, text in HEALTH.items() if key.endswith(f"_{kind}")]
    obj: dict[str, Any] = {"kind": kind, "metadata": {"name": "x", "generation": 2}}
    obj |= {} if status is None else {"status": status}
    done = subprocess.run(
        [toolchain.binary("lua")],
        input=json.dumps({"script": script, "obj": obj}),
        capture_output=True,
        check=True,
        text=True,
    )
    answer: dict[str, str] = json.loads(done.stdout)
    return answer


def _conditions(**statuses: str) -> dict[str, Any]:
    return {
        "phase": "Cluster in healthy state",
        "conditions": [
            {"type": k, "status": v, "message": f"{k} {v}"} for k, v in statuses.items()
        ],
    }


@pytest.mark.parametrize(
    ("kind", "status", "health"),
    [
        ("CephObjectStore", None, "Progressing"),
        ("CephObjectStore", {"phase": "Progressing"}, "Progressing"),
        ("CephObjectStore", {"phase": "Failure"}, "Degraded"),
        ("CephObjectStore", {"phase": "Ready"}, "Healthy"),
        ("CephCluster", None, "Progressing"),
        ("CephCluster", {"phase": "Progressing", "ceph": {"health": "HEALTH_OK"}}, "Progressing"),
        ("CephCluster", {"phase": "Ready", "ceph": {"health": "HEALTH_WARN"}}, "Healthy"),
        ("CephCluster", {"phase": "Failure"}, "Degraded"),
        ("CephBlockPool", {"phase": "Progressing"}, "Progressing"),
        ("CephBlockPool", {"phase": "Failure"}, "Degraded"),
        ("CephBlockPool", {"phase": "Ready"}, "Healthy"),
        ("CephFilesystem", {}, "Progressing"),
        ("CephFilesystem", {"phase": "Failure"}, "Degraded"),
        ("CephFilesystem", {"phase": "Ready"}, "Healthy"),
        ("Database", None, "Progressing"),
        ("Database", {}, "Progressing"),
        ("Database", {"applied": True}, "Progressing"),
        ("Database", {"applied": True, "observedGeneration": 1}, "Progressing"),
        ("Database", {"applied": True, "observedGeneration": 2}, "Healthy"),
        ("Database", {"applied": False, "message": "no postgis"}, "Degraded"),
        ("Database", {"applied": False, "observedGeneration": 2}, "Degraded"),
        ("Pooler", None, "Progressing"),
        ("Pooler", {"phase": "inactive"}, "Progressing"),
        ("Pooler", {"phase": "paused"}, "Progressing"),
        ("Pooler", {"phase": "failed"}, "Degraded"),
        ("Pooler", {"phase": "active"}, "Healthy"),
        ("ObjectBucketClaim", {}, "Progressing"),
        ("ObjectBucketClaim", {"phase": "Pending"}, "Progressing"),
        ("ObjectBucketClaim", {"phase": "Failed"}, "Degraded"),
        ("ObjectBucketClaim", {"phase": "Bound"}, "Healthy"),
        ("Cluster", None, "Progressing"),
        ("Cluster", {"phase": "Setting up primary"}, "Progressing"),
        ("Cluster", _conditions(Ready="True"), "Progressing"),
        ("Cluster", _conditions(Ready="False", ContinuousArchiving="False"), "Progressing"),
        ("Cluster", _conditions(Ready="False", ContinuousArchiving="True"), "Progressing"),
        ("Cluster", _conditions(Ready="True", ContinuousArchiving="False"), "Degraded"),
        ("Cluster", _conditions(Ready="True", ContinuousArchiving="True"), "Healthy"),
        ("Cluster", _conditions(**{"cnpg.io/hibernation": "True"}), "Suspended"),
    ],
)
def test_a_wave_waits_until_the_operator_says_that_its_object_is_what_it_should_be(
    kind: str, status: object, health: str, toolchain: Toolchain
) -> None:
    assert _health(toolchain, kind, status)["status"] == health


def test_a_cluster_that_archives_nothing_says_why(toolchain: Toolchain) -> None:
    said = _health(toolchain, "Cluster", _conditions(Ready="True", ContinuousArchiving="False"))
    assert said["message"] == "ContinuousArchiving False"


def test_a_database_that_cannot_be_made_says_why(toolchain: Toolchain) -> None:
    status = {"applied": False, "message": "extension postgis is not available"}
    said = _health(toolchain, "Database", status)
    assert said == {"status": "Degraded", "message": "extension postgis is not available"}


@pytest.mark.parametrize("kind", [key.rpartition("_")[2] for key in HEALTH])
def test_what_the_engine_waits_for_is_what_argo_cd_calls_healthy(
    kind: str, toolchain: Toolchain
) -> None:
    """Each kind by its one declaration: all of it is healthy, and nothing without a part of it."""
    (ready,) = [it for name, it in READINESS.items() if name.endswith(f"/{kind}")]
    fields = {path: value == "true" or value for path, value in ready.fields.items()}
    conditions = dict.fromkeys(ready.conditions, "True")

    def status(without: str = "") -> dict[str, Any]:
        left = {name: value for name, value in conditions.items() if name != without}
        said = _conditions(**left) if conditions else {}
        said |= {path: value for path, value in fields.items() if path != without}
        return {**said, "observedGeneration": 2}

    assert _health(toolchain, kind, status())["status"] == "Healthy"
    for part in (*fields, *conditions):
        assert _health(toolchain, kind, status(without=part))["status"] == "Progressing", part
