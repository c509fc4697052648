"""The scratch Cluster: what a drill restores, where from, and where it runs."""

from collections.abc import Mapping
from typing import Any

import pytest

from components.drills.scratch import scratch
from components.kube.store import PodStore
from components.postgres.recovery import Readable
from tests import valid

READABLE = Readable(
    store="n8n-archive",
    configuration={"destinationPath": "s3://b/", "endpointURL": "https://s3"},
    in_pod=PodStore(
        endpoint="https://s3",
        bucket="b",
        region="us-east-1",
        secret="keys",
        access_key="A",
        secret_key="S",
        ca=None,
    ),
)


def _spec(drills: Mapping[str, Any] = {}, **changes: Any) -> Mapping[str, Any]:
    made = scratch(valid.database(**changes), valid.drills(**drills), READABLE)
    assert (made["metadata"]["name"], made["metadata"]["namespace"]) == ("drill", "tier0-drills")
    assert made["metadata"].keys() == {"name", "namespace", "annotations"}
    assert made["metadata"]["annotations"] == {"cnpg.io/skipEmptyWalArchiveCheck": "enabled"}
    found: Mapping[str, Any] = made["spec"]
    return found


@pytest.mark.parametrize("method", ["plugin", "in-tree"])
def test_it_is_restored_from_the_active_archive_and_archives_nowhere(method: str) -> None:
    backup = valid.backup(method=method)
    spec = _spec(generations=[valid.restore()], active=2, backup=backup)
    (source,) = spec["externalClusters"]
    assert spec["bootstrap"]["recovery"]["source"] == source["name"]
    if method == "plugin":
        assert source["plugin"]["parameters"] == {
            "barmanObjectName": "n8n-archive",
            "serverName": "n8n-postgres-g2",
        }
        assert [it["enabled"] for it in spec["plugins"]] == [False]
    else:
        assert source["barmanObjectStore"]["serverName"] == "n8n-postgres-g2"
        assert "plugins" not in spec
    assert "backup" not in spec


def test_it_is_one_instance_with_a_superuser_and_bounds() -> None:
    spec = _spec()
    assert (spec["instances"], spec["enableSuperuserAccess"]) == (1, True)
    assert spec["resources"]["limits"] == {"cpu": "2", "memory": "1Gi"}
    for cpu, limit in {"500m": "2", "3500m": "3500m", "8": "8"}.items():
        reserved = _spec(resources=valid.resources(cpu=cpu, memory="4Gi"))
        assert reserved["resources"]["limits"] == {"cpu": limit, "memory": "4Gi"}


def test_its_volumes_have_the_size_of_the_databases_and_the_class_of_drills() -> None:
    two: dict[str, Any] = {
        "storage_class": "fast",
        "wal_storage": "2Gi",
        "wal_storage_class": "faster",
    }
    spec = _spec(**two)
    assert spec["storage"] == {"size": "10Gi", "storageClass": "fast"}
    assert spec["walStorage"] == {"size": "2Gi", "storageClass": "faster"}
    other = _spec({"storage_class": "slow"}, **two)
    assert other["storage"] == {"size": "10Gi", "storageClass": "slow"}
    assert other["walStorage"] == {"size": "2Gi", "storageClass": "slow"}


def test_its_tablespaces_are_the_databases_with_the_class_of_drills() -> None:
    spaces: dict[str, Any] = {
        "tablespaces": {"cold": valid.tablespace(storage_class="slow"), "hot": valid.tablespace()}
    }
    own = [it["storage"].get("storageClass") for it in _spec(**spaces)["tablespaces"]]
    assert own == ["slow", None]
    others = _spec({"storage_class": "spare"}, **spaces)["tablespaces"]
    assert [it["storage"]["storageClass"] for it in others] == ["spare", "spare"]


def test_it_runs_on_the_nodes_of_its_database_unless_drills_have_others() -> None:
    where = valid.placement(node_selector={"disk": "nvme"}, tolerations=["databases"])
    chosen = _spec(placement=where)["affinity"]
    assert chosen["nodeSelector"] == {"disk": "nvme"}
    assert chosen["tolerations"] == [{"key": "databases", "operator": "Exists"}]
    other = _spec({"node_selector": {}, "tolerations": ["spare"]}, placement=where)["affinity"]
    assert "nodeSelector" not in other
    assert other["tolerations"] == [{"key": "spare", "operator": "Exists"}]


def test_it_runs_on_another_node_than_the_database_if_there_is_one() -> None:
    wish = _spec()["affinity"]["additionalPodAntiAffinity"]
    (only,) = wish["preferredDuringSchedulingIgnoredDuringExecution"]
    term = only["podAffinityTerm"]
    assert term["namespaces"] == ["n8n-prod"]
    assert term["labelSelector"]["matchLabels"]["cnpg.io/cluster"] == "n8n-postgres"
