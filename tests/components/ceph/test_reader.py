"""The keys of an archive's reader: what they may do, and where there are none."""

import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from components.ceph.buckets import BucketSpec, bucket
from components.ceph.reader import archive_reader, reader_of
from components.certificates import Ca
from components.s3 import Rook, Store
from stacks.render.recorder import record
from tests import valid

CA = Ca(secret="tier0-ca", key="ca.crt")
STORE = Store(
    endpoint="https://s3",
    rook=Rook(name="s3-store", namespace="rook-ceph", storage_class="s3-bucket"),
)


class _Database(pulumi.ComponentResource):
    """The archive's bucket of a database, and its reader in another namespace."""

    def __init__(self, spec: BucketSpec, *, bucket_policies: bool) -> None:
        super().__init__("tests:Database", "n8n")
        user = reader_of("n8n", spec, bucket_policies=bucket_policies)
        given: Mapping[str, Any] = {"parent": self, "store": STORE, "ca": CA}
        bucket("n8n", spec, namespace="n8n-prod", keep=True, reader=user, **given)
        self.reader = archive_reader("n8n", spec, user=user, namespace="drills", **given)


def _made(
    spec: BucketSpec, *, bucket_policies: bool = True
) -> tuple[Mapping[str, Mapping[str, Any]], Mapping[str, Any]]:
    """Return the objects by kind, and the settings of the reader's store."""

    def program() -> None:
        database = _Database(spec, bucket_policies=bucket_policies)
        pulumi.export("store", database.reader.in_pod.settings)

    found = record(program)
    return {it["kind"]: it for it in found.manifests()}, found.outputs["store"]


def test_the_reader_of_a_claimed_bucket_may_read_that_bucket_and_do_nothing_else() -> None:
    made, _ = _made(valid.claim())
    given = made["ObjectBucketClaim"]["spec"]["additionalConfig"]["bucketPolicy"]
    (statement,) = json.loads(given)["Statement"]
    assert statement["Effect"] == "Allow"
    assert statement["Principal"] == {"AWS": ["arn:aws:iam:::user/n8n-archive-reader"]}
    assert {*statement["Action"]} == {"s3:GetObject", "s3:ListBucket", "s3:GetBucketLocation"}
    named = made["ObjectBucketClaim"]["spec"]["bucketName"]
    assert statement["Resource"] == [f"arn:aws:s3:::{named}", f"arn:aws:s3:::{named}/*"]


def test_the_reader_is_a_user_of_the_store_who_may_make_no_bucket_in_it() -> None:
    user = _made(valid.claim())[0]["CephObjectStoreUser"]
    assert user["metadata"] == {"name": "n8n-archive-reader", "namespace": "drills"}
    assert (user["spec"]["store"], user["spec"]["clusterNamespace"]) == ("s3-store", "rook-ceph")
    assert user["spec"]["quotas"] == {"maxBuckets": -1}
    assert "capabilities" not in user["spec"], "these are an administrator's"


def test_the_reader_finds_its_keys_where_rook_writes_them() -> None:
    _, store = _made(valid.claim())
    assert store["keys"] == "Secret rook-ceph-object-user-s3-store-n8n-archive-reader"
    assert (store["access"], store["secret"]) == ("AccessKey", "SecretKey")


def test_a_quota_and_a_reader_are_both_in_the_claim() -> None:
    claim = _made(valid.claim(quota="50Gi"))[0]["ObjectBucketClaim"]
    assert {*claim["spec"]["additionalConfig"]} == {"maxSize", "bucketPolicy"}
    assert claim["spec"]["additionalConfig"]["maxSize"] == "50Gi"


@pytest.mark.parametrize(
    ("spec", "bucket_policies"),
    [(valid.claim(), False), (valid.existing_bucket(), True)],
    ids=["a claim that Rook would refuse", "an existing bucket"],
)
def test_where_no_reader_can_be_made_its_keys_are_a_secret_that_the_operator_makes(
    spec: BucketSpec, *, bucket_policies: bool
) -> None:
    made, store = _made(spec, bucket_policies=bucket_policies)
    assert "CephObjectStoreUser" not in made
    for claim in [it for kind, it in made.items() if kind == "ObjectBucketClaim"]:
        assert "additionalConfig" not in claim["spec"], "with it the claim would stay unbound"
    assert store["keys"] == "Secret n8n-archive-reader"
    assert (store["access"], store["secret"]) == (spec.access_key, spec.secret_key)
