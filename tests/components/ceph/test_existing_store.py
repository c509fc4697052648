"""In a CephObjectStore that exists buckets are claimed, and nothing else is declared of it."""

from collections.abc import Mapping
from typing import Any

import pytest

from stacks.check.rules.required import required
from stacks.render.diff import differences
from tests import valid
from tests.stacks.test_compose import mappings
from tests.support import declared

SERVICE = "rook-ceph-rgw-shared.rook-ceph.svc"


def _manifests(**changes: Any) -> Mapping[str, Mapping[str, Any]]:
    environment = valid.homelab({"object_store": valid.existing_store(**changes)})
    found = declared(environment).manifests()
    return {f"{one['kind']} {one['metadata']['name']}": one for one in found}


def test_buckets_are_claimed_by_a_class_that_keeps_them() -> None:
    made = _manifests(namespace="storage")
    claim = made["ObjectBucketClaim n8n-postgres-backup-s3"]["spec"]
    assert claim["storageClassName"] == "tier0-shared"
    buckets = made["StorageClass tier0-shared"]
    assert buckets["provisioner"] == "storage.ceph.rook.io/bucket"
    assert buckets["reclaimPolicy"] == "Retain"
    assert buckets["parameters"] == {
        "objectStoreName": "shared",
        "objectStoreNamespace": "storage",
    }


def test_nothing_else_is_declared_of_the_store() -> None:
    made = _manifests()
    kinds = {it.partition(" ")[0] for it in made}
    assert not kinds & {"CephObjectStore", "Certificate", "ClusterIssuer"}
    assert not [it for it in made if "renewal" in it]


def test_each_reader_trusts_the_ca_of_its_owner_at_the_port_of_its_gateways() -> None:
    found = [*mappings([*_manifests(port=8443).values()])]
    stores = [it for it in found if "endpointURL" in it]
    assert len(stores) > 1
    assert {it["endpointURL"] for it in stores} == {f"https://{SERVICE}:8443"}
    assert all(it["endpointCA"] == {"name": "shared-ca", "key": "ca.crt"} for it in stores)


def test_databases_and_drills_reach_the_pods_of_its_gateways_only() -> None:
    made = _manifests(namespace="storage", port=8443)
    labels = {"app": "rook-ceph-rgw", "rook_object_store": "shared"}
    policies = [it for it in made.values() if it["kind"] == "NetworkPolicy"]
    assert len(policies) == 3
    for policy in policies:
        (rule,) = (it for it in policy["spec"]["egress"] if labels in [*_selected(it)])
        assert rule["ports"] == [{"port": 8443, "protocol": "TCP"}]
        (peer,) = rule["to"]
        name = "kubernetes.io/metadata.name"
        assert peer["namespaceSelector"] == {"matchLabels": {name: "storage"}}


def _selected(rule: Mapping[str, Any]) -> list[Mapping[str, str]]:
    return [it.get("podSelector", {}).get("matchLabels") for it in rule.get("to", [])]


@pytest.mark.parametrize("policies", [True, False])
def test_drills_have_their_own_keys_where_the_store_accepts_their_users(*, policies: bool) -> None:
    made = _manifests(bucket_policies=policies)
    claim = made["ObjectBucketClaim n8n-postgres-backup-s3"]["spec"]
    assert ("bucketPolicy" in claim.get("additionalConfig", {})) is policies
    assert ("CephObjectStoreUser n8n-archive-reader" in made) is policies
    if policies:
        user = made["CephObjectStoreUser n8n-archive-reader"]["spec"]
        assert (user["store"], user["clusterNamespace"]) == ("shared", "rook-ceph")


def test_an_installed_rook_says_nothing_of_the_users_of_a_store_that_exists() -> None:
    """`allowUsersInNamespaces` is the store's, and tier0 does not write it."""
    environment = valid.homelab(
        {"object_store": valid.existing_store(), "operators": valid.operators()}
    )
    assert not environment.bucket_policies


def test_the_secrets_that_its_owner_gives_are_required() -> None:
    environment = valid.homelab({"object_store": valid.existing_store()})
    assert [it.place for it in required(environment)] == [
        "n8n-prod/shared-ca",
        "tier0-drills/n8n-archive-reader",
        "tier0-drills/shared-ca",
    ]


def test_a_bucket_that_exists_in_it_is_not_claimed() -> None:
    bucket = valid.existing_bucket()
    made = declared(
        valid.homelab(
            {"object_store": valid.existing_store(), "databases.n8n.backup.bucket": bucket}
        )
    ).manifests()
    assert "ObjectBucketClaim" not in {it["kind"] for it in made}


def test_an_s3_whose_address_is_that_of_the_store_may_become_it_without_a_change_of_archives() -> (
    None
):
    bucket = {"databases.n8n.backup.bucket": valid.existing_bucket()}
    s3 = valid.s3(endpoint=f"https://{SERVICE}:443", ca_secret="shared-ca", region="us-east-1")
    before, after = (
        [*declared(valid.homelab({"object_store": store, **bucket})).objects()]
        for store in (s3, valid.existing_store())
    )
    changed = {it.kind for it in differences(before, after)}
    assert changed == {"NetworkPolicy", "StorageClass"}
