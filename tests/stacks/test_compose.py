"""What follows in the whole wiring from one choice of an environment."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests import valid
from tests.support import declared


def mappings(value: object) -> Iterator[Mapping[str, Any]]:
    """Yield each mapping in *value*, also those in JSON, as programs in pods get them."""
    if isinstance(value, str) and value.startswith('{"'):
        value = json.loads(value)
    if isinstance(value, Mapping):
        yield value
        value = list(value.values())
    if isinstance(value, list | tuple):
        for part in value:
            yield from mappings(part)


@pytest.mark.parametrize("method", ["plugin", "in-tree"])
def test_a_path_in_the_bucket_is_where_all_write_and_read(method: str) -> None:
    changes = {
        "databases.orders.backup.bucket": valid.existing_bucket(path="clusters/prod"),
        "databases.orders.backup.method": method,
    }
    found = [*mappings([*declared(valid.restored(changes)).manifests()])]
    assert {it["destinationPath"] for it in found if "destinationPath" in it} == {
        "s3://archives/clusters/prod/",
        "s3://production-archives/archives/clusters/prod/",
    }
    read = {(it["bucket"], it["prefix"]) for it in found if "prefix" in it}
    assert read == {
        ("archives", "clusters/prod/"),
        ("production-archives", "archives/clusters/prod/"),
    }


def test_of_a_store_elsewhere_nothing_is_declared() -> None:
    recorded = declared(valid.elsewhere())
    kinds = {it["kind"] for it in recorded.manifests()}
    assert {"Cluster", "ObjectStore", "ScheduledBackup", "NetworkPolicy", "CronJob"} <= kinds
    made = {"CephObjectStore", "CephObjectStoreUser", "ObjectBucketClaim", "StorageClass"}
    assert not kinds & (made | {"Certificate", "ClusterIssuer"})
    assert recorded.outputs["s3_endpoint"] == "https://s3.example.org"
    assert recorded.outputs["databases"]["n8n"].get("s3_ca_secret") is None


@pytest.mark.parametrize("method", ["plugin", "in-tree"])
@pytest.mark.parametrize("ca", [None, "s3-ca"])
def test_each_reader_of_a_store_elsewhere_knows_its_region_and_ca(
    method: str, ca: str | None
) -> None:
    changes = {"object_store": valid.s3(ca_secret=ca), "databases.n8n.backup.method": method}
    found = [*mappings([*declared(valid.elsewhere(changes)).manifests()])]
    stores = [it for it in found if "endpointURL" in it]
    assert len(stores) > 1
    trusted = {"name": ca, "key": "ca.crt"} if ca else None
    assert all(it.get("endpointCA") == trusted for it in stores)
    assert {it["region"] for it in found if "region" in it} == {"eu-central-1"}
    named = [it["value"] for it in found if it.get("name") == "AWS_DEFAULT_REGION"]
    assert set(named) == {"eu-central-1"}
    assert len(named) == (2 if method == "plugin" else 4), "the database, and what drills restore"
    keys = [it for it in found if it.get("secret", {}) == {"secretName": ca}]
    volumes = [it for it in found if [*it] == ["secret"] and it["secret"]["name"] == ca]
    assert bool(keys or volumes) is bool(ca)


def test_databases_and_drills_reach_the_port_of_a_store_elsewhere_at_any_address() -> None:
    changes = {"object_store": valid.s3(endpoint="https://s3.example.org:9000")}
    policies = [
        it for it in declared(valid.elsewhere(changes)).manifests() if it["kind"] == "NetworkPolicy"
    ]
    assert len(policies) == 3
    port = {"ports": [{"port": 9000, "protocol": "TCP"}]}
    assert all(port in it["spec"]["egress"] for it in policies)
    assert "rook-ceph" not in json.dumps(policies)


def test_a_ceph_cluster_for_volumes_needs_no_object_store() -> None:
    storage = {"storage": valid.storage(), "operators": valid.operators()}
    recorded = declared(valid.elsewhere(storage))
    kinds = {it["kind"] for it in recorded.manifests()}
    assert "CephCluster" in kinds
    assert "CephObjectStore" not in kinds
    assert {it["name"] for it in recorded.releases()} >= {"rook-ceph"}
