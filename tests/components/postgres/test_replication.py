"""Synchronous replication: what a commit waits for, as CloudNativePG is told."""

from typing import Any, Literal

import pytest

from components.postgres import SynchronousSpec
from tests import valid
from tests.support import declared


def _postgresql(instances: int, synchronous: SynchronousSpec | None = None) -> Any:
    """Return what the Cluster of homelab's database says of PostgreSQL."""
    changes = {"databases.n8n.instances": instances, "databases.n8n.synchronous": synchronous}
    found = declared(valid.homelab(changes)).manifests()
    return next(m["spec"]["postgresql"] for m in found if m["kind"] == "Cluster")


def test_no_commit_waits_unless_it_is_asked_for() -> None:
    assert "synchronous" not in _postgresql(3)


@pytest.mark.parametrize(("durability", "instances"), [("required", 3), ("preferred", 2)])
def test_a_commit_waits_for_one_replica_and_what_is_required_is_never_promoted_away(
    durability: Literal["required", "preferred"], instances: int
) -> None:
    found = _postgresql(instances, SynchronousSpec(durability=durability))
    assert found["synchronous"] == {
        "method": "any",
        "number": 1,
        "dataDurability": durability,
        "failoverQuorum": durability == "required",
    }


@pytest.mark.parametrize(("durability", "quorum"), [("required", False), ("preferred", True)])
def test_what_a_failover_asks_for_can_be_chosen_against_the_durability(
    *, durability: Literal["required", "preferred"], quorum: bool
) -> None:
    spec = SynchronousSpec(durability=durability, failover_quorum=quorum)
    assert _postgresql(3, spec)["synchronous"]["failoverQuorum"] is quorum
