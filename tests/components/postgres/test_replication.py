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


def _clusters(**changes: Any) -> list[Any]:
    environment = valid.environment(databases={"n8n": valid.database(**changes)})
    return [it["spec"] for it in declared(environment).manifests() if it["kind"] == "Cluster"]


def test_replicas_keep_copies_of_logical_slots_with_what_that_needs() -> None:
    found = _clusters(synchronize_logical_decoding=True, generations=[valid.restore()], active=2)
    for cluster in found:
        assert cluster["replicationSlots"] == {
            "highAvailability": {"synchronizeLogicalDecoding": True}
        }
        needed = {"hot_standby_feedback": "on", "sync_replication_slots": "on"}
        assert needed.items() <= cluster["postgresql"]["parameters"].items()


def test_before_postgresql_17_an_extension_does_it_with_what_is_declared() -> None:
    declares = {
        "hot_standby_feedback": "on",
        "pg_failover_slots.synchronize_slot_names": "name_like:%",
    }
    (found,) = _clusters(
        image="ghcr.io/cloudnative-pg/postgresql:16.10-system-trixie",
        synchronize_logical_decoding=True,
        parameters=declares,
    )
    assert found["replicationSlots"]["highAvailability"]["synchronizeLogicalDecoding"] is True
    assert "sync_replication_slots" not in found["postgresql"]["parameters"]


def test_a_generation_of_an_older_version_has_none_of_it() -> None:
    older = valid.restore(image="ghcr.io/cloudnative-pg/postgresql:16.10-system-trixie")
    _, candidate = _clusters(
        synchronize_logical_decoding=True, generations=[valid.upgrade(), older], active=2
    )
    assert "replicationSlots" not in candidate
    assert "sync_replication_slots" not in candidate["postgresql"]["parameters"]


def test_a_role_may_stream_changes_if_it_is_said() -> None:
    roles = {"cdc": valid.role(replication=True), "reader": valid.role(password_secret="b")}
    (found,) = _clusters(roles=roles)
    assert {it["name"]: it.get("replication") for it in found["managed"]["roles"]} == {
        "cdc": True,
        "reader": None,
    }
