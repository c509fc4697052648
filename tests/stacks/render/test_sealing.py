"""Which Secrets must exist: those that are referred to and that no operator writes."""

import pytest

from components.ceph.buckets import ExistingBucketSpec
from stacks.check.rules.required import RequiredSecret, required
from stacks.environment import EnvironmentSpec
from tests import valid

CLAIMS = ExistingBucketSpec(
    bucket="n8n-backups",
    secret="n8n-backups",
    access_key="AWS_ACCESS_KEY_ID",
    secret_key="AWS_SECRET_ACCESS_KEY",
)
USERS = ExistingBucketSpec(
    bucket="archives",
    secret="rook-ceph-object-user-s3-shop",
    access_key="AccessKey",
    secret_key="SecretKey",
)


def _shop(bucket: ExistingBucketSpec) -> EnvironmentSpec:
    shop = valid.database("shop", namespace="n8n-prod", backup=valid.backup(bucket=bucket))
    return valid.environment(databases={"n8n": valid.database(), "shop": shop})


def _of_databases(environment: EnvironmentSpec) -> list[RequiredSecret]:
    return [secret for secret in required(environment) if secret.recovers]


def _of_drills(environment: EnvironmentSpec) -> dict[str, frozenset[str]]:
    return {it.name: it.keys for it in required(environment) if not it.recovers}


@pytest.mark.parametrize(
    "environment",
    [
        _shop(CLAIMS),
        _shop(USERS),
        valid.environment(),
    ],
    ids=["the claim's of another database", "that of a user of Rook's", "a claim of its own"],
)
def test_a_secret_that_an_operator_writes_is_not_asked_for(environment: EnvironmentSpec) -> None:
    assert _of_databases(environment) == []


def test_the_private_ca_may_have_signed_the_other_stores_certificate() -> None:
    environment = valid.environment(offsite=valid.offsite(ca_secret="tier0-ca"))
    assert [secret.name for secret in _of_databases(environment)] == ["offsite-keys"]


def test_drills_read_with_keys_by_hand_where_rook_makes_none() -> None:
    """Two databases of one Secret have two, as their roles are what is unique."""
    bucket = valid.existing_bucket(access_key="ID", secret_key="KEY")
    by_hand = _shop(bucket).model_copy(
        update={"offsite": valid.offsite(ca_secret="other-ca"), "disposable": False}
    )
    of_claim = frozenset({"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"})
    assert _of_drills(by_hand) == {
        "n8n-archive-reader": of_claim,
        "shop-archive-reader": frozenset({"ID", "KEY"}),
        "offsite-keys": frozenset({"ACCESS_KEY_ID", "ACCESS_SECRET_KEY"}),
        "other-ca": frozenset({"ca.crt"}),
    }
    makes = valid.environment(object_store=valid.object_store(bucket_policies=True))
    assert _of_drills(makes) == {}
    assert _of_drills(valid.environment(disposable=True)) == {}


def test_two_databases_may_read_the_keys_of_one_bucket() -> None:
    shop, n8n = (
        valid.database(name, namespace="shop", backup=valid.backup(bucket=valid.existing_bucket()))
        for name in ("shop", "n8n")
    )
    (secret,) = _of_databases(valid.environment(databases={"shop": shop, "n8n": n8n}))
    assert secret.place == "shop/archive-keys"
    assert secret.purpose == "databases.shop.backup.bucket, databases.n8n.backup.bucket"
