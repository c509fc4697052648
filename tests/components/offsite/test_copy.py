"""The off-site copy as it is declared: what its pod is given, and what restores it."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests import valid
from tests.support import declared

COPIED = valid.homelab({"offsite": valid.offsite(secret="offsite-copy", ca_secret="offsite-ca")})


@pytest.fixture
def manifests() -> Mapping[str, Any]:
    found = declared(COPIED).manifests()
    return {f"{one['kind']} {one['metadata']['name']}": one for one in found}


def test_the_copy_is_restored_by_an_object_store_that_nothing_deletes_from(
    manifests: Mapping[str, Any],
) -> None:
    spec = manifests["ObjectStore n8n-postgres-offsite"]["spec"]
    assert "retentionPolicy" not in spec
    told = json.loads(_container(manifests)["command"][-1])
    assert spec["configuration"]["destinationPath"] == "s3://copies/n8n-postgres-backups/"
    assert told["target"]["prefix"] == "n8n-postgres-backups/"
    assert (
        told["server"]
        == manifests["Cluster n8n-postgres"]["spec"]["plugins"][0]["parameters"]["serverName"]
    )


def test_the_pod_has_keys_of_two_buckets_as_files_and_no_account(
    manifests: Mapping[str, Any],
) -> None:
    pod = manifests["Deployment n8n-postgres-offsite"]["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert {name["name"] for name in _container(manifests)["env"]} == {
        "PYTHONPATH",
        "PYTHONDONTWRITEBYTECODE",
    }
    mounted = {
        one["name"]: [part["secret"]["name"] for part in one["projected"]["sources"]]
        for one in pod["volumes"]
        if "projected" in one
    }
    assert mounted == {
        "source": ["n8n-postgres-backup-s3", "tier0-ca"],
        "target": ["offsite-copy", "offsite-ca"],
    }


def test_the_program_needs_nothing_but_python_and_boto3(manifests: Mapping[str, Any]) -> None:
    files = manifests["ConfigMap n8n-postgres-offsite"]["data"]
    assert set(files) == {"__init__.py", "copying.py", "offsite.py", "s3.py", "served.py", "wal.py"}
    for text in files.values():
        assert "components" not in text


def _container(manifests: Mapping[str, Any]) -> dict[str, Any]:
    deployment = manifests["Deployment n8n-postgres-offsite"]
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    found: dict[str, Any] = container
    return found
