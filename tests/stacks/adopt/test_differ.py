"""What an environment changes of manifests is exactly what differs."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

Stacks = Callable[..., subprocess.CompletedProcess[str]]
HERE = Path(__file__).parent


@pytest.fixture
def differences(tmp_path: Path, stacks: Stacks) -> Callable[..., dict[str, Any]]:
    """Return what `plan --against` says of manifests and the module that is made of them."""

    def found(text: str, *edits: tuple[str, str]) -> dict[str, Any]:
        (tmp_path / "in.yaml").write_text(text)
        module = tmp_path / "out.py"
        done = stacks("adopt", str(tmp_path / "in.yaml"), "--out", str(module))
        assert done.returncode == 0, done.stderr
        code = module.read_text()
        for old, new in edits:
            assert old in code
            code = code.replace(old, new)
        module.write_text(code)
        done = stacks("plan", str(module), "--against", str(tmp_path / "in.yaml"), "--json")
        assert not done.stderr
        return {f"{it['kind']} {it['name']}": it for it in json.loads(done.stdout)}

    return found


CLUSTER: dict[str, Any] = {
    "apiVersion": "postgresql.cnpg.io/v1",
    "kind": "Cluster",
    "metadata": {"name": "orders", "namespace": "shop"},
    "spec": {
        "instances": 3,
        "imageName": "ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
        "storage": {"size": "20Gi"},
        "enablePDB": True,
        "postgresql": {"parameters": {"max_connections": "300", "wal_level": "logical"}},
        "bootstrap": {"initdb": {"database": "orders", "owner": "orders", "dataChecksums": True}},
    },
}


def _paths(change: dict[str, Any]) -> set[str]:
    return {it["path"] for it in change["fields"]}


def test_only_what_differs_is_shown(differences: Callable[..., dict[str, Any]]) -> None:
    found = differences(yaml.safe_dump(CLUSTER))
    cluster = found["Cluster shop/orders"]
    assert cluster["change"] == "changed"
    assert _paths(cluster) == {
        "metadata.annotations",
        "spec.certificates",
        "spec.plugins",
        "spec.postgresql.parameters.max_slot_wal_keep_size",
        "spec.postgresql.parameters.wal_compression",
        "spec.postgresql.pg_hba",
        "spec.primaryLease",
        "spec.smartShutdownTimeout",
    }
    others = {it["change"] for name, it in found.items() if name != "Cluster shop/orders"}
    assert others == {"added"}


def test_a_change_that_cannot_be_made_is_said(differences: Callable[..., dict[str, Any]]) -> None:
    found = differences(yaml.safe_dump(CLUSTER), ('storage="20Gi"', 'storage="10Gi"'))
    (said,) = found["Cluster shop/orders"]["impossible"]
    assert "'20Gi' cannot become '10Gi'" in said


@pytest.mark.parametrize(
    "bootstrap",
    [
        {
            "initdb": {
                "database": "orders",
                "owner": "orders",
                "import": {
                    "type": "microservice",
                    "databases": ["orders"],
                    "source": {"externalCluster": "old"},
                },
            }
        },
        {"recovery": {"source": "old", "database": "orders", "owner": "orders"}},
        {"pg_basebackup": {"source": "old", "database": "orders", "owner": "orders"}},
    ],
    ids=lambda it: next(iter(it)),
)
def test_how_a_cluster_was_made_does_not_keep_it_from_being_taken_over(
    bootstrap: dict[str, Any], differences: Callable[..., dict[str, Any]]
) -> None:
    old = {"name": "old", "connectionParameters": {"host": "old.example.org", "user": "postgres"}}
    made = {**CLUSTER["spec"], "bootstrap": bootstrap, "externalClusters": [old]}
    found = differences(yaml.safe_dump(CLUSTER | {"spec": made}))
    assert found["Cluster shop/orders"]["impossible"] == []


def test_what_the_environment_does_not_declare_is_left_out(
    differences: Callable[..., dict[str, Any]],
) -> None:
    schedule = {
        "apiVersion": "postgresql.cnpg.io/v1",
        "kind": "ScheduledBackup",
        "metadata": {"name": "nightly", "namespace": "shop"},
        "spec": {"schedule": "0 0 3 * * *", "cluster": {"name": "orders"}, "method": "plugin"},
    }
    found = differences(yaml.safe_dump_all([CLUSTER, schedule]))
    assert "ScheduledBackup shop/nightly" not in found
    assert found["ScheduledBackup shop/orders-backup"]["change"] == "added"


def test_adopt_shows_the_same_difference(tmp_path: Path, stacks: Stacks) -> None:
    (tmp_path / "in.yaml").write_text(yaml.safe_dump(CLUSTER))
    module = tmp_path / "out.py"
    arguments = (str(tmp_path / "in.yaml"), "--out", str(module), "--diff")
    shown = stacks("adopt", *arguments).stdout
    assert "~ Cluster shop/orders" in shown
    assert shown == stacks("plan", str(module), "--against", str(tmp_path / "in.yaml")).stdout


def test_a_rendered_tree_is_still_compared_as_one(tmp_path: Path, stacks: Stacks) -> None:
    stacks("render", "homelab", "--out", str(tmp_path / "tree"))
    assert stacks("plan", "homelab", "--against", str(tmp_path / "tree"), "--json").stdout == "[]\n"


def test_an_amount_or_a_folder_written_in_another_way_is_no_difference(
    differences: Callable[..., dict[str, Any]],
) -> None:
    archive = {
        "destinationPath": "s3://archive/prod",
        "endpointURL": "https://s3.example.org",
        "s3Credentials": {
            name: {"name": "s3", "key": "k"} for name in ("accessKeyId", "secretAccessKey")
        },
    }
    resources = {
        "requests": {"cpu": "1000m", "memory": "1024Mi"},
        "limits": {"cpu": 2, "memory": "1Gi"},
    }
    spec = CLUSTER["spec"] | {
        "resources": resources,
        "affinity": {"podAntiAffinityType": "preferred", "topologyKey": "kubernetes.io/hostname"},
        "backup": {"barmanObjectStore": archive, "retentionPolicy": "14d"},
    }
    cluster = differences(yaml.safe_dump(CLUSTER | {"spec": spec}))["Cluster shop/orders"]
    assert [it for it in _paths(cluster) if "resources" in it or "affinity" in it] == []
    assert "spec.backup.barmanObjectStore.destinationPath" not in _paths(cluster)


def test_manifests_that_leave_something_open_are_compared_with_what_is_given(
    tmp_path: Path, stacks: Stacks
) -> None:
    cluster = CLUSTER | {"metadata": {"name": "${APP}-db"}}
    path, module = str(tmp_path / "in.yaml"), str(tmp_path / "out.py")
    Path(path).write_text(yaml.safe_dump(cluster))
    given = ("--namespace", "shop", "--set", "APP=wiki")
    assert stacks("adopt", path, "--out", module, *given).returncode == 0
    done = stacks("plan", module, "--against", path, "--json", *given)
    (found,) = (it for it in json.loads(done.stdout) if it["kind"] == "Cluster")
    assert (found["name"], found["change"]) == ("shop/wiki-db", "changed")
    for missing in (given[:2], given[2:], ()):
        done = stacks("plan", module, "--against", path, *missing)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(f"{path}: Cluster "), done.stderr
        assert "write it as --namespace" in done.stderr or "write --set APP=VALUE" in done.stderr


def test_what_no_api_server_would_have_taken_is_compared_too(
    differences: Callable[..., dict[str, Any]],
) -> None:
    odd = {"retentionPolicy": "forever", "barmanObjectStore": {"destinationPath": "s3://archive"}}
    spec = CLUSTER["spec"] | {
        "backup": odd,
        "postgresql": {"parameters": {1: 2}},
        "managed": {"roles": 7},
    }
    cluster = differences(yaml.safe_dump(CLUSTER | {"spec": spec}))["Cluster shop/orders"]
    assert {"spec.backup.retentionPolicy", "spec.postgresql.parameters.1"} <= _paths(cluster)


def _archived(**spec: Any) -> list[dict[str, Any]]:
    """Return a Cluster whose plugin archives to a store of its name, over plain HTTP."""
    keys = {it: {"name": "s3", "key": "k"} for it in ("accessKeyId", "secretAccessKey")}
    place = {"destinationPath": "s3://archive/", "s3Credentials": keys}
    store = {
        "apiVersion": "barmancloud.cnpg.io/v1",
        "kind": "ObjectStore",
        "metadata": {"name": "orders", "namespace": "shop"},
        "spec": {
            "configuration": place | {"endpointURL": "http://minio:9000"},
            "retentionPolicy": "14d",
        },
    }
    plugin = {
        "name": "barman-cloud.cloudnative-pg.io",
        "isWALArchiver": True,
        "parameters": {"barmanObjectName": "orders"},
    }
    return [CLUSTER | {"spec": CLUSTER["spec"] | {"plugins": [plugin]} | spec}, store]


def test_what_only_says_a_default_is_no_difference(
    differences: Callable[..., dict[str, Any]],
) -> None:
    plain = {"startDelay": 3600, "stopDelay": 1800, "switchoverDelay": 3600}
    timeout = {"postgresql": {"parameters": {"archive_timeout": "5min"}}}
    found = differences(yaml.safe_dump_all(_archived(**plain, **timeout)))["Cluster shop/orders"]
    known = ("certificates", "postgresql", "primaryLease", "smartShutdownTimeout")
    others = [it for it in _paths(found) if it.split(".")[1] not in (*known, "annotations")]
    assert others == []
    assert "spec.postgresql.parameters.archive_timeout" not in _paths(found)


def test_a_store_that_gets_tls_is_the_same_store(
    differences: Callable[..., dict[str, Any]],
) -> None:
    found = differences(yaml.safe_dump_all(_archived()))["ObjectStore shop/orders"]
    (field,) = (it for it in found["fields"] if it["path"].endswith("endpointURL"))
    assert field["after"] == "https://minio.shop.svc:9000"
    assert "begins-a-window" not in str(found["consequences"])


def test_a_library_that_a_parameter_loads_is_not_lost(
    differences: Callable[..., dict[str, Any]],
) -> None:
    loading = {
        "shared_preload_libraries": ["pgaudit", "pg_stat_statements"],
        "parameters": {"pgaudit.log": "ddl", "pg_stat_statements.max": "5000"},
    }
    found = differences(yaml.safe_dump_all(_archived(postgresql=loading)))["Cluster shop/orders"]
    assert "spec.postgresql.shared_preload_libraries" in _paths(found)
    assert "library" not in str(found["consequences"])
    assert "restarts" not in str(found["consequences"])


def test_of_the_owner_no_one_is_told_to_drop_it(differences: Callable[..., dict[str, Any]]) -> None:
    managed = {"roles": [{"name": name, "login": True} for name in ("orders", "reader")]}
    found = differences(yaml.safe_dump_all(_archived(managed=managed)))["Cluster shop/orders"]
    assert "spec.managed.roles.orders" in _paths(found)
    assert "role-stays-in-postgresql" not in str(found["consequences"])


def test_a_storage_class_of_a_template_is_the_same_class(
    differences: Callable[..., dict[str, Any]],
) -> None:
    template = {"storageClassName": "fast", "resources": {"requests": {"storage": "20Gi"}}}
    storage = {"storage": {"pvcTemplate": template}}
    found = differences(yaml.safe_dump_all(_archived(**storage)))["Cluster shop/orders"]
    assert "spec.storage.storageClass" in _paths(found)
    assert "storage-class" not in str(found["consequences"])
