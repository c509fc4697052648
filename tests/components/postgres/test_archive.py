"""A database's archive: both methods, both kinds of bucket, encryption, objectives."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from components.postgres.barman import wal_archiving, wal_restoring
from stacks.environment import EnvironmentSpec
from tests import valid
from tests.support import declared

IN_TREE = {"databases.n8n.backup.method": "in-tree"}
EXISTING = {
    "databases.n8n.backup.bucket": valid.existing_bucket(
        bucket="n8n-postgres-backups", secret="n8n-postgres-backup-s3"
    )
}
ENCRYPTED = {
    "databases.n8n.backup.encryption": "AES256",
    "object_store.kms": valid.kms(
        address="https://bao.vault.svc:8200", token_secret="rgw-token", ca_secret="bao-ca"
    ),
}


def manifests(changes: Mapping[str, Any] = {}) -> dict[str, Mapping[str, Any]]:
    """Return the `spec` of each object of homelab with *changes*, by its kind; none of drills."""
    found = declared(valid.homelab({"disposable": True, **changes})).manifests()
    return {m["kind"]: m["spec"] for m in found if "spec" in m}


def test_both_methods_make_the_same_promises() -> None:
    alone = {"databases.n8n.backup.wal_fetch": 1}
    plugin, in_tree = manifests(alone), manifests(IN_TREE)
    old = in_tree["Cluster"]["backup"]
    new = plugin["ObjectStore"]
    archive = old["barmanObjectStore"]
    assert archive == new["configuration"] | {
        "serverName": plugin["Cluster"]["plugins"][0]["parameters"]["serverName"]
    }
    assert old["retentionPolicy"] == new["retentionPolicy"]
    assert in_tree["Cluster"]["env"] == new["instanceSidecarConfiguration"]["env"]
    for same in ("schedule", "immediate", "target", "cluster"):
        assert in_tree["ScheduledBackup"][same] == plugin["ScheduledBackup"][same]


def test_one_method_never_leaves_traces_of_the_other() -> None:
    plugin, in_tree = manifests(), manifests(IN_TREE)
    assert "backup" not in plugin["Cluster"], "both at once are refused by CloudNativePG"
    assert "plugins" not in in_tree["Cluster"]
    assert "ObjectStore" not in in_tree
    assert (
        plugin["ScheduledBackup"]["pluginConfiguration"]["name"]
        == (plugin["Cluster"]["plugins"][0]["name"])
    )
    assert "pluginConfiguration" not in in_tree["ScheduledBackup"]


def test_an_existing_bucket_is_used_with_the_keys_of_its_secret() -> None:
    found = manifests(EXISTING)
    assert "ObjectBucketClaim" not in found, "a bucket that exists must not be claimed"
    assert found["ObjectStore"]["configuration"]["s3Credentials"] == {
        "accessKeyId": {"name": "n8n-postgres-backup-s3", "key": "ACCESS_KEY_ID"},
        "secretAccessKey": {"name": "n8n-postgres-backup-s3", "key": "ACCESS_SECRET_KEY"},
    }
    assert found["ObjectStore"]["configuration"]["destinationPath"] == "s3://n8n-postgres-backups/"


def test_encryption_reaches_wal_and_data_and_the_store_has_its_kms() -> None:
    found = manifests(ENCRYPTED)
    configuration = found["ObjectStore"]["configuration"]
    assert configuration["wal"]["encryption"] == configuration["data"]["encryption"] == "AES256"
    assert found["CephObjectStore"]["security"]["s3"] == {
        "connectionDetails": {
            "KMS_PROVIDER": "vault",
            "VAULT_ADDR": "https://bao.vault.svc:8200",
            "VAULT_BACKEND_PATH": "transit",
            "VAULT_SECRET_ENGINE": "transit",
            "VAULT_CACERT": "bao-ca",
        },
        "tokenSecretName": "rgw-token",
    }


def test_without_encryption_the_field_is_left_out() -> None:
    configuration = manifests()["ObjectStore"]["configuration"]
    for part in ("wal", "data"):
        assert "encryption" not in configuration[part], (
            "the CRD refuses an empty one, and a store without a KMS every other"
        )


@pytest.mark.parametrize(("rpo", "timeout"), [("5m", "240s"), ("90s", "30s"), ("1h", "3540s")])
def test_the_archive_timeout_leaves_time_to_upload_within_the_rpo(rpo: str, timeout: str) -> None:
    parameters = manifests({"databases.n8n.objectives.rpo": rpo})["Cluster"]["postgresql"][
        "parameters"
    ]
    assert parameters["archive_timeout"] == timeout


def test_a_quota_limits_the_bucket() -> None:
    claim = manifests({"databases.n8n.backup.bucket.quota": "50Gi"})["ObjectBucketClaim"]
    assert claim["additionalConfig"] == {"maxSize": "50Gi"}


def test_the_service_reaches_the_primary_by_a_name_in_its_certificate() -> None:
    found = manifests()
    assert found["Service"]["selector"] == {
        "cnpg.io/cluster": "n8n-postgres",
        "cnpg.io/instanceRole": "primary",
    }
    names = found["Cluster"]["certificates"]["serverAltDNSNames"]
    assert "n8n-postgres.n8n-prod.svc" in names


def test_a_recovery_never_takes_a_partial_segment_in_place_of_the_whole_one() -> None:
    archives = [
        manifests()["ObjectStore"]["configuration"],
        manifests(IN_TREE)["Cluster"]["backup"]["barmanObjectStore"],
    ]
    for archive in archives:
        assert "--no-partial" in archive["wal"]["restoreAdditionalCommandArgs"]


@pytest.mark.parametrize(
    ("segment", "changes", "count"),
    [
        (16, {}, 16),
        (32, {}, 16),
        (64, {}, 8),
        (128, {}, 4),
        (128, {"wal_fetch": 32}, 32),
        (16, {"wal_fetch": 1}, 1),
        (16, {"wal_jobs": 4}, 1),
        (16, {"method": "in-tree"}, 1),
    ],
)
def test_a_recovery_fetches_segments_ahead_into_the_plugins_spool(
    segment: int, changes: dict[str, Any], count: int
) -> None:
    arguments = wal_restoring(valid.backup(**changes), segment)["restoreAdditionalCommandArgs"]
    ahead = [f"--parallel={count}", "--spool-dir=/controller/wal-restore-spool"]
    assert arguments == ["--no-partial", *(ahead if count > 1 else [])]


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({}, 1),
        ({"wal_compression": "lz4"}, 1),
        ({"wal_compression": "gzip"}, None),
        ({"wal_compression": "snappy"}, None),
        ({"wal_level": 9}, 9),
        ({"wal_compression": "lz4", "wal_level": 6}, 6),
        ({"method": "in-tree", "wal_compression": "zstd"}, None),
        ({"method": "in-tree", "wal_level": 3}, 3),
    ],
)
def test_segments_are_compressed_at_the_cheap_level(
    changes: dict[str, Any], level: int | None
) -> None:
    arguments = wal_archiving(valid.backup(**changes)).get("archiveAdditionalCommandArgs")
    assert arguments == (None if level is None else [f"--compression-level={level}"])


def test_a_gateway_that_restarts_is_asked_as_often_whatever_boto3_the_image_has() -> None:
    sidecar = manifests()["ObjectStore"]["instanceSidecarConfiguration"]
    for environment in (sidecar["env"], manifests(IN_TREE)["Cluster"]["env"]):
        assert {"name": "AWS_MAX_ATTEMPTS", "value": "6"} in environment


@pytest.mark.parametrize(
    "environment",
    [
        valid.every_choice(),
        valid.homelab(IN_TREE),
        valid.homelab(ENCRYPTED | EXISTING | {"offsite": valid.offsite()}),
    ],
    ids=["every choice", "in-tree", "off-site"],
)
def test_each_additional_argument_is_one_item_with_its_value(environment: EnvironmentSpec) -> None:
    """Of an option and its value in two items a repeated value is dropped, and Barman fails."""
    flags = {"--no-partial"}
    found = [
        item for manifest in declared(environment).manifests() for item in _additional(manifest)
    ]
    assert found, "no argument was found, so the test tests nothing"
    for item in found:
        assert item in flags or re.fullmatch(r"--[a-z][-a-z0-9]*=\S+", item), item


def _additional(part: Any) -> Iterator[str]:
    """Yield the items of each list of additional arguments in a part of a manifest."""
    if isinstance(part, Mapping):
        for key, value in part.items():
            if key.lower().endswith("additionalcommandargs"):
                yield from value
            else:
                yield from _additional(value)
    elif isinstance(part, list):
        for item in part:
            yield from _additional(item)


@pytest.mark.parametrize(
    ("method", "data", "wal"), [("plugin", "lz4", "zstd"), ("in-tree", "snappy", "gzip")]
)
def test_the_default_compression_is_what_the_methods_barman_knows(
    method: str, data: str, wal: str
) -> None:
    spec = valid.backup(method=method)
    assert (spec.data_format, spec.wal_format) == (data, wal)
    spec = valid.backup(method=method, data_compression="bzip2", wal_compression="xz")
    assert (spec.data_format, spec.wal_format) == ("bzip2", "xz")
