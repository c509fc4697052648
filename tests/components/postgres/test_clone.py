"""A clone has what recovery needs of its original, and nothing that acts."""

from typing import Any

import pytest

from components.postgres.clone import clone_spec
from tests import valid

_PLUGIN = {"plugin": {"name": "x", "parameters": {"barmanObjectName": "s", "serverName": "n8n"}}}
_IN_TREE = {"barmanObjectStore": {"destinationPath": "s3://b/", "serverName": "n8n"}}


def _spec(origin: dict[str, Any] = _PLUGIN, **changes: Any) -> dict[str, Any]:
    spec = valid.database(**changes)
    return clone_spec(
        spec, image=spec.image, origin=origin, target={}, superuser=False, region="us-east-1"
    )


def test_it_keeps_what_recovery_must_not_find_lower() -> None:
    kept = {
        "max_connections": "500",
        "max_worker_processes": "64",
        "max_prepared_transactions": "10",
        "max_replication_slots": "40",
        "pg_stat_statements.max": "5000",
    }
    left = {"app.tenant": "n8n", "work_mem": "64MB", "shared_buffers": "2GB"}
    parameters = _spec(parameters=kept | left)["postgresql"]["parameters"]
    assert kept.items() <= parameters.items()
    assert left.keys() & parameters.keys() == set()


def test_it_starts_no_replication_and_no_trigger() -> None:
    postgresql = _spec(parameters={"max_logical_replication_workers": "8"})["postgresql"]
    assert postgresql == {
        "parameters": {
            "max_logical_replication_workers": "0",
            "max_sync_workers_per_subscription": "0",
            "autovacuum": "off",
            "event_triggers": "off",
        }
    }


def test_large_segments_leave_as_much_wal_on_its_volumes_as_on_the_originals() -> None:
    """Base backups hold initdb's 4GB, which a volume of the original need not have."""
    parameters = _spec(wal_segment=64)["postgresql"]["parameters"]
    assert (parameters["max_wal_size"], parameters["min_wal_size"]) == ("1GB", "320MB")


def test_postgresql_16_cannot_switch_event_triggers_off() -> None:
    image = "ghcr.io/cloudnative-pg/postgresql:16.10-system-trixie"
    assert "event_triggers" not in _spec(image=image)["postgresql"]["parameters"]


@pytest.mark.parametrize("origin", [_PLUGIN, _IN_TREE], ids=["plugin", "in-tree"])
def test_it_archives_nowhere(origin: dict[str, Any]) -> None:
    spec = _spec(origin)
    assert [one["enabled"] for one in spec.get("plugins", [])] == [False] * (origin is _PLUGIN)
    assert spec.keys() & {"backup", "replica", "managed"} == set()


def test_the_sidecar_stays_by_the_name_of_its_store() -> None:
    (plugin,) = _spec()["plugins"]
    assert plugin["parameters"] == {"barmanObjectName": "s"}


def test_it_has_the_volumes_of_its_database_and_a_limit_of_memory() -> None:
    spec = _spec(storage="7Gi", storage_class="fast", wal_storage="3Gi")
    assert (spec["storage"], spec["walStorage"]) == (
        {"size": "7Gi", "storageClass": "fast"},
        {"size": "3Gi"},
    )
    assert spec["resources"]["limits"] == {"memory": "1Gi"}
    reserved = _spec(resources=valid.resources(cpu="2", memory="16Gi"))["resources"]
    assert reserved == {
        "requests": {"cpu": "100m", "memory": "256Mi"},
        "limits": {"memory": "16Gi"},
    }


def test_it_has_the_limit_of_memory_of_its_database_and_uses_no_huge_pages() -> None:
    """On a node that has huge pages PostgreSQL would be killed at the first that it touches."""
    made = _spec(resources=valid.resources(memory_limit="16Gi", huge_pages="1Gi"))
    assert made["resources"]["limits"] == {"memory": "16Gi"}
    assert made["postgresql"]["parameters"]["huge_pages"] == "off"
    assert "huge_pages" not in _spec(resources=valid.resources())["postgresql"]["parameters"]


def test_it_runs_on_the_nodes_of_its_database_and_nothing_that_selects_that_selects_it() -> None:
    chosen = valid.placement(
        node_selector={"disk": "nvme"}, tolerations=["databases"], anti_affinity="required"
    )
    made = _spec(placement=chosen, inherited_metadata=valid.inherited(labels={"team": "shop"}))
    assert made["affinity"] == {
        "nodeSelector": {"disk": "nvme"},
        "tolerations": [{"key": "databases", "operator": "Exists"}],
    }
    assert "inheritedMetadata" not in made
    assert "affinity" not in _spec()


def test_it_has_the_tablespaces_of_its_database() -> None:
    """A base backup and WAL are restored only where each of them has a volume."""
    made = _spec(tablespaces={"cold": valid.tablespace()})["tablespaces"]
    assert made == [{"name": "cold", "storage": {"size": "100Gi"}, "temporary": False}]


def test_its_node_can_be_drained() -> None:
    assert (_spec()["instances"], _spec()["enablePDB"]) == (1, False)
