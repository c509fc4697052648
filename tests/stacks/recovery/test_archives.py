"""Where an archive and its copy are, out of an environment."""

import pytest

from components.pods.s3 import Store
from stacks.command import Fault
from stacks.recovery.archives import archive_store, archives, python_image
from tests.valid import (
    backup,
    claim,
    database,
    elsewhere,
    environment,
    existing_bucket,
    offsite,
    restore,
    restored,
    s3,
)


def test_the_archive_is_in_the_clusters_own_store() -> None:
    spec = database(backup=backup(bucket=claim()))
    store = archive_store(environment(databases={"n8n": spec}), spec)
    assert store.settings == {
        "endpoint": environment().object_store.address,
        "bucket": claim().bucket,
        "prefix": "",
        "region": "us-east-1",
        "keys": f"Secret {claim().claim}",
        "access": "AWS_ACCESS_KEY_ID",
        "secret": "AWS_SECRET_ACCESS_KEY",
    }
    assert store.ca == ("tier0-ca", "ca.crt")


def test_the_keys_of_an_existing_bucket_have_the_names_that_are_declared() -> None:
    bucket = existing_bucket(access_key="id", secret_key="key")
    store = archive_store(environment(), database(backup=backup(bucket=bucket)))
    assert store.files["sources"][0]["secret"] == {
        "name": bucket.secret,
        "optional": True,
        "items": [{"key": "id", "path": "access"}, {"key": "key", "path": "secret"}],
    }


def test_the_copy_is_below_the_name_of_the_archives_bucket() -> None:
    spec, away = database(), offsite(ca_secret="offsite-ca", region="eu-1")
    store = archive_store(environment(offsite=away), spec, "offsite")
    assert (store.endpoint, store.bucket, store.region) == (away.endpoint, away.bucket, "eu-1")
    assert store.prefix == f"{spec.backup.bucket.bucket}/"
    assert store.ca == ("offsite-ca", "ca.crt")
    assert archive_store(environment(offsite=offsite()), spec, "offsite").ca is None


def test_an_archive_elsewhere_has_the_region_and_the_ca_of_its_store() -> None:
    found = [
        archive_store(it, it.databases["n8n"])
        for it in (elsewhere(), elsewhere({"object_store": s3(ca_secret="s3-ca", region="garage")}))
    ]
    assert {it.endpoint for it in found} == {"https://s3.example.org"}
    assert [(it.region, it.ca) for it in found] == [
        ("eu-central-1", None),
        ("garage", ("s3-ca", "ca.crt")),
    ]


def test_an_archive_and_its_copy_are_below_the_path_inside_the_bucket() -> None:
    spec = database(backup=backup(bucket=existing_bucket(path="clusters/prod")))
    within = environment(databases={"n8n": spec}, offsite=offsite())
    place = "clusters/prod/n8n-postgres/"
    (one,), (copy,) = archives(within, "n8n"), archives(within, "n8n", "offsite")
    assert one.place == spec.archive == f"s3://archives/{place}"
    assert copy.place == f"s3://{offsite().bucket}/archives/{place}"


def test_without_a_copy_there_is_nothing_to_read_from() -> None:
    with pytest.raises(Fault, match=r"^offsite: the environment has no off-site copy; "):
        archive_store(environment(offsite=None), database(), "offsite")


def test_a_store_of_a_pod_is_made_of_its_settings() -> None:
    store = archive_store(environment(), database())
    assert Store("source", store.settings).place == f"{store.endpoint}/{store.bucket}"


def test_a_registry_of_your_own_has_the_image_with_python_too() -> None:
    own = offsite(image="registry.example.org/sidecar:1")
    assert python_image(environment(offsite=own)) == "registry.example.org/sidecar:1"
    assert python_image(environment(offsite=None)).endswith("/plugin-barman-cloud-sidecar:v0.15.0")


def test_the_active_generation_comes_first_and_a_removed_one_not_at_all() -> None:
    assert [one.generation for one in archives(restored(), "orders")] == [4, 5, 3, 1]
    spec = database(generations=[restore(), restore(source=2)], active=2, removed=[1])
    left = archives(environment(databases={"n8n": spec}), "n8n")
    assert [(one.generation, one.cluster, one.server) for one in left] == [
        (2, "n8n-postgres-g2", "n8n-postgres-g2"),
        (3, "n8n-postgres-g3", "n8n-postgres-g3"),
    ]
    assert left[0].place == f"s3://{spec.backup.bucket.bucket}/n8n-postgres-g2/"
