"""What was made by hand is taken over: no object is replaced, and a second run changes nothing."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from stacks.adopt.adopt import adopt
from stacks.adopt.live import found_in
from stacks.cluster import ClusterClient
from tests import valid
from tests.engine.test_environment import refused, stored
from tests.support import to_module
from tools.engine.engine import Engine
from tools.sandbox.api_server import Sandbox
from tools.sandbox.webhooks import Webhooks
from tools.sandbox.webhooks import toolchain as with_webhooks

pytestmark = pytest.mark.xdist_group("webhooks")

NAMESPACE: dict[str, Any] = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
STORE: dict[str, Any] = {
    "apiVersion": "barmancloud.cnpg.io/v1",
    "kind": "ObjectStore",
    "metadata": {"name": "orders", "namespace": "shop"},
    "spec": {
        "retentionPolicy": "14d",
        "configuration": {
            "destinationPath": "s3://shop-backups/",
            "endpointURL": "https://rook-ceph-rgw-store.rook-ceph.svc:443",
            "s3Credentials": {
                "accessKeyId": {"name": "shop-s3", "key": "AWS_ACCESS_KEY_ID"},
                "secretAccessKey": {"name": "shop-s3", "key": "AWS_SECRET_ACCESS_KEY"},
            },
            "wal": {"compression": "gzip", "maxParallel": 4},
        },
    },
}
CLUSTER: dict[str, Any] = {
    "apiVersion": "postgresql.cnpg.io/v1",
    "kind": "Cluster",
    "metadata": {"name": "orders", "namespace": "shop", "labels": {"team": "shop"}},
    "spec": {
        "instances": 3,
        "imageName": "ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
        "enableSuperuserAccess": True,
        "logLevel": "debug",
        "storage": {"size": "20Gi"},
        "postgresql": {"parameters": {"max_connections": "300", "archive_timeout": "2min"}},
        "bootstrap": {"initdb": {"database": "orders", "owner": "orders"}},
        "plugins": [
            {
                "name": "barman-cloud.cloudnative-pg.io",
                "isWALArchiver": True,
                "parameters": {"barmanObjectName": "orders"},
            }
        ],
    },
}
SCHEDULE: dict[str, Any] = {
    "apiVersion": "postgresql.cnpg.io/v1",
    "kind": "ScheduledBackup",
    "metadata": {"name": "orders-backup", "namespace": "shop"},
    "spec": {
        "schedule": "0 3 * * *",
        "cluster": {"name": "orders"},
        "method": "plugin",
        "pluginConfiguration": {"name": "barman-cloud.cloudnative-pg.io"},
    },
}
BY_HAND = (NAMESPACE, STORE, CLUSTER, SCHEDULE)

RELEASED: dict[str, Any] = {"metadata": {"managedFields": [{}]}}
"""The change by which no program owns a field of an object any more."""


@pytest.fixture
def judging(sandbox: Sandbox) -> Iterator[None]:
    """The operators' webhooks, which fill in defaults and refuse."""
    with_webhooks().build()
    with Webhooks(sandbox).judging():
        yield


def _create(cluster: ClusterClient, manifest: Mapping[str, Any], manager: str) -> None:
    """Make an object as `kubectl apply` does."""
    metadata = manifest["metadata"]
    path = cluster.path(manifest["apiVersion"], manifest["kind"], "", metadata.get("namespace", ""))
    answer = cluster.request("POST", f"{path}?fieldManager={manager}", manifest)
    assert answer.ok, answer.text


def _uids(cluster: ClusterClient) -> dict[str, str]:
    found = {}
    for manifest in BY_HAND:
        metadata = manifest["metadata"]
        place = (metadata["name"], metadata.get("namespace", ""))
        it = cluster.get(manifest["apiVersion"], manifest["kind"], *place)
        assert it
        found[manifest["kind"]] = it["metadata"]["uid"]
    return found


@pytest.fixture
def by_hand(sandbox: Sandbox) -> Iterator[ClusterClient]:
    """The API server with what was applied by kubectl."""
    with sandbox.cluster() as cluster:
        for manifest in BY_HAND:
            _create(cluster, manifest, "kubectl-client-side-apply")
        yield cluster


def _adopted(cluster: ClusterClient, engine: Engine, program: Path) -> Path:
    """Write homelab as `adopt` finds it; return its module."""
    found = found_in(cluster, "homelab")
    made = adopt(found, where="homelab", context="homelab", today=datetime.now(UTC).date())
    module = program / "stacks" / "homelab.py"
    module.write_text(made.text)
    engine.begin("homelab")
    return module


def _spec(cluster: ClusterClient) -> dict[str, Any]:
    found = cluster.get("postgresql.cnpg.io/v1", "Cluster", "orders", "shop")
    assert found
    spec: dict[str, Any] = found["spec"]
    return spec


@pytest.mark.usefixtures("judging")
def test_up_takes_over_what_exists_and_replaces_nothing(
    by_hand: ClusterClient, engine: Engine, program: Path
) -> None:
    before = _uids(by_hand)
    _adopted(by_hand, engine, program)
    said = engine.run("preview").stdout
    assert f"= {len(BY_HAND)} to import" in said, said
    assert re.search("to (replace|delete)", said) is None, said
    said = engine.run("up", "--yes", "--skip-preview").stdout
    assert re.search("(replac|delet)ed", said) is None, said
    assert _uids(by_hand) == before
    spec = _spec(by_hand)
    assert (spec["enableSuperuserAccess"], spec["logLevel"]) == (True, "info")
    assert spec["postgresql"]["parameters"]["archive_timeout"] == "120s"
    engine.run("preview", "--expect-no-changes")


@pytest.mark.usefixtures("judging")
def test_up_takes_over_a_cluster_that_was_restored_by_hand(
    sandbox: Sandbox, engine: Engine, program: Path
) -> None:
    archive = {"barmanObjectName": "orders", "serverName": "orders-old"}
    old = {"plugin": {"name": "barman-cloud.cloudnative-pg.io", "parameters": archive}}
    made = {
        "bootstrap": {"recovery": {"source": "old", "database": "orders", "owner": "orders"}},
        "externalClusters": [{"name": "old", **old}],
    }
    restored = CLUSTER | {"spec": CLUSTER["spec"] | made}
    with sandbox.cluster() as cluster:
        for manifest in (NAMESPACE, STORE, restored, SCHEDULE):
            _create(cluster, manifest, "kubectl-client-side-apply")
        before = _uids(cluster)
        _adopted(cluster, engine, program)
        engine.run("up", "--yes", "--skip-preview")
        assert _uids(cluster) == before
        assert {*_spec(cluster)["bootstrap"]} == {"initdb"}
        engine.run("preview", "--expect-no-changes")


@pytest.mark.usefixtures("judging")
def test_what_was_applied_by_another_program_is_taken_over_once_it_is_released(
    sandbox: Sandbox, engine: Engine, program: Path
) -> None:
    with sandbox.cluster() as cluster:
        for manifest in BY_HAND:
            cluster.apply(manifest, manager="kustomize-controller")
        before = _uids(cluster)
        # What docs/adopt.md says to do for each.
        for manifest in BY_HAND:
            metadata = manifest["metadata"]
            head = {name: manifest[name] for name in ("apiVersion", "kind")}
            identity = {name: metadata[name] for name in ("name", "namespace") if name in metadata}
            cluster.patch(*head.values(), *identity.values(), change=RELEASED)
            cluster.apply(head | {"metadata": identity}, manager="kubectl")
        _adopted(cluster, engine, program)
        engine.run("up", "--yes", "--skip-preview")
        assert _uids(cluster) == before
        assert _spec(cluster)["logLevel"] == "info"
        engine.run("preview", "--expect-no-changes")


def test_adopted_can_be_removed_once_up_went_through(
    by_hand: ClusterClient, engine: Engine, program: Path
) -> None:
    before = _uids(by_hand)
    module = _adopted(by_hand, engine, program)
    engine.run("up", "--yes", "--skip-preview")
    text, removed = re.subn(r"    adopted=\[.*?\],\n", "", module.read_text(), flags=re.DOTALL)
    assert removed == 1
    module.write_text(text)
    said = engine.run("up", "--yes", "--skip-preview").stdout
    assert re.search("(replac|delet|creat)ed", said) is None, said
    assert _uids(by_hand) == before


def test_an_adopted_object_that_does_not_exist_ends_the_run_before_it_changes_anything(
    engine: Engine, sandbox: Sandbox, program: Path
) -> None:
    changes = {"adopted": ["Namespace n8n-prod", "Cluster n8n-prod/n8n-postgres"]}
    to_module(valid.homelab(changes), program / "stacks" / "homelab.py")
    engine.begin("homelab")
    before = stored(sandbox)
    said = refused(engine.run("preview", check=False))
    assert "resource 'n8n-prod' does not exist" in said
    assert stored(sandbox) == before


def test_a_change_that_cannot_be_made_is_refused_of_an_adopted_object_too(
    by_hand: ClusterClient, engine: Engine, sandbox: Sandbox, program: Path
) -> None:
    module = _adopted(by_hand, engine, program)
    module.write_text(module.read_text().replace('storage="20Gi"', 'storage="10Gi"'))
    before = stored(sandbox)
    said = refused(engine.run("preview", check=False))
    assert "'20Gi' cannot become '10Gi'" in re.sub(r"\s+", " ", said), said
    assert stored(sandbox) == before
