"""What the API server lets become of a Cluster of two sites: every pair of states, and by hand."""

from itertools import product
from typing import Any

import pytest

from tests.engine.policies import FENCED, TARGET, Judge
from tests.sites import FOLLOWS, NO_GROUND, OTHER_HISTORY, STATES, cluster

pytestmark = pytest.mark.xdist_group("policies")
"""Its tests share the API server that has the policies."""

NO_GROUND_SAID = "a replica is promoted while the other site may accept writes"
OTHER_SAID = "only the active generation becomes a replica"


def _home(judge: Judge) -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n8n-prod"}}
    judge.client.apply(namespace, manager="tier0")


def _in_default(state: str) -> dict[str, Any]:
    """Return the Cluster of *state* where `Judge.patch` finds it."""
    manifest = dict(cluster(state))
    return manifest | {"metadata": manifest["metadata"] | {"namespace": "default"}}


@pytest.mark.parametrize(("before", "after"), [*product(STATES, STATES)])
def test_the_api_server_judges_a_change_as_plan_does(before: str, after: str, judge: Judge) -> None:
    _home(judge)
    assert judge.apply(cluster(before)) == ""
    said = judge.apply(cluster(after))
    if (before, after) in NO_GROUND:
        assert NO_GROUND_SAID in said
    elif (before, after) in OTHER_HISTORY:
        assert OTHER_SAID in said
    else:
        assert said == ""


@pytest.mark.parametrize(
    "change",
    [
        {"spec": {"replica": None}},
        {"spec": {"replica": None}, "metadata": {"labels": {"tier0/site": None}}},
        {"spec": {"replica": {"primary": "n8n-postgres"}}},
        {"spec": {"replica": {"self": "n8n-north"}}},
        {"spec": {"replica": {"enabled": False, "primary": None}}},
    ],
    ids=["no topology", "no label either", "itself", "another self", "switched off"],
)
def test_no_hand_promotes_a_replica_without_a_ground(change: dict[str, Any], judge: Judge) -> None:
    assert judge.apply(_in_default("follows")) == ""
    assert NO_GROUND_SAID in judge.patch("n8n-postgres", change)
    fenced = change | {"metadata": change.get("metadata", {}) | {"annotations": FENCED}}
    assert judge.patch("n8n-postgres", fenced) == ""


def test_a_new_replica_has_no_target_that_it_would_go_past(judge: Judge) -> None:
    manifest = _in_default("follows")

    def made(**more: Any) -> str:
        recovery = {"recovery": {"source": "n8n-north", **more}}
        return judge.apply(manifest | {"spec": manifest["spec"] | {"bootstrap": recovery}})

    assert "a replica goes past the target" in made(recoveryTarget=TARGET)
    assert made() == ""


@pytest.mark.parametrize("state", FOLLOWS)
def test_what_the_operator_does_with_a_replica_is_in_nobodys_way(state: str, judge: Judge) -> None:
    """It fences and ends the fence while it demotes (replicaclusterswitch/reconciler.go)."""
    assert judge.apply(_in_default(state)) == ""
    for fence in (FENCED, {"cnpg.io/fencedInstances": None}):
        assert judge.metadata("n8n-postgres", annotations=fence) == ""
    assert judge.patch("n8n-postgres", {"spec": {"instances": 3}}) == ""
