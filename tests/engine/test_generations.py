"""Restored generations in Pulumi's hands, with the policy that the API server judges them by."""

import time
from pathlib import Path
from typing import Any

import pytest

from components.postgres.policies import NAME
from stacks.cluster import ClusterClient, Refused
from tests import valid
from tests.engine.policies import API, BOOTSTRAP, DELETED, POLICY
from tests.support import to_module
from tools.engine.engine import Engine
from tools.sandbox.api_server import Sandbox


def write(program: Path, **changes: Any) -> None:
    """Write homelab with one restored generation and *changes* of its database."""
    given = {"generations": [valid.restore()], **changes}
    places = {f"databases.n8n.{field}": value for field, value in given.items()}
    to_module(valid.homelab(places), program / "stacks" / "homelab.py")


def refusal(cluster: ClusterClient, name: str) -> str:
    """Return what the API server has against the deletion of a Cluster, which it only tries."""
    path = cluster.path(API, "Cluster", name, "n8n-prod")
    return cluster.request("DELETE", f"{path}?dryRun=All").message


def active(cluster: ClusterClient) -> list[str]:
    """Return the names of the Clusters that are labelled as active."""
    found = cluster.objects(API, "Cluster", labels="tier0/active=true,tier0/generation")
    return [it["metadata"]["name"] for it in found]


def test_a_switch_its_roll_back_and_a_removal_pass_the_policy(
    homelab: Engine, sandbox: Sandbox, program: Path
) -> None:
    first, second = "n8n-postgres", "n8n-postgres-g2"
    steps: list[tuple[dict[str, Any], str]] = [
        ({}, first),
        ({"active": 2}, second),
        ({"active": 1, "retired": [2]}, first),
    ]
    with sandbox.cluster() as cluster:
        for changes, name in steps:
            write(program, **changes)
            homelab.run("up", "--yes", "--skip-preview")
            assert active(cluster) == [name]
            deadline = time.monotonic() + 20  # a policy is in force a moment after it is stored
            while DELETED not in (said := refusal(cluster, name)):
                assert time.monotonic() < deadline, said
                time.sleep(0.05)
        initdb: dict[str, Any] = {"spec": {"bootstrap": {"recovery": None, "initdb": {}}}}
        with pytest.raises(Refused, match=BOOTSTRAP):
            cluster.patch(API, "Cluster", second, "n8n-prod", change=initdb)
        write(program, active=1, removed=[2])
        homelab.run("up", "--yes", "--skip-preview")
        assert cluster.get(API, "Cluster", second, "n8n-prod") is None
        assert active(cluster) == [first]


def test_a_disposable_environment_with_a_restored_generation_is_destroyed_whole(
    engine: Engine, sandbox: Sandbox, program: Path
) -> None:
    made = valid.edited("dev", {"databases.app.generations": [valid.restore()]})
    to_module(made, program / "stacks" / "dev.py")
    engine.begin("dev")
    engine.run("up", "--yes", "--skip-preview")
    with sandbox.cluster() as cluster:
        assert len(cluster.objects(API, "Cluster", labels="tier0/generation")) == 2
        assert active(cluster) == []
        assert cluster.get(POLICY, "ValidatingAdmissionPolicy", NAME)
        engine.run("destroy", "--yes", "--skip-preview")
        assert cluster.objects(API, "Cluster") == []
        assert cluster.get(POLICY, "ValidatingAdmissionPolicy", NAME) is None
        assert cluster.get(POLICY, "ValidatingAdmissionPolicyBinding", NAME) is None
