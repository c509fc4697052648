"""Argo CD's health checks, run by the interpreter that Argo CD runs them with."""

import json
import subprocess
from typing import Any

import pytest

from components.gitops.health import HEALTH
from tools.build.toolchain import Toolchain


def _health(toolchain: Toolchain, kind: str, status: object) -> dict[str, str]:
    """What Argo CD's interpreter makes of an object with *status*."""
    (script,) = [text for key, text in HEALTH.items() if key.endswith(f"_{kind}")]
    obj = {"kind": kind, "metadata": {"name": "x"}} | ({} if status is None else {"status": status})
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
