"""What `check` refuses is taken out, fixed or waived, and said; what must not go takes all."""

from typing import Any

import pytest

from stacks.check import judged
from stacks.command import Fault
from tests.stacks.adopt.cases import ARCHIVE
from tests.stacks.adopt.cases import adopted as _adopted
from tests.stacks.adopt.cases import cluster as _cluster
from tests.stacks.adopt.cases import said as _said


def test_a_refused_value_is_taken_out_and_said() -> None:
    made = _adopted(_cluster(postgresql={"parameters": {"work_mem": "64Mi", "fsync": "off"}}))
    assert "parameters" not in vars(made.environment.databases["orders"])
    said = _said(made, "kept out")
    assert "parameters.work_mem: '64Mi' has a unit that PostgreSQL does not know" in said
    assert "spec.postgresql.parameters.fsync: fsync 'off' loses the data in a crash" in said


def test_a_refused_item_of_a_list_takes_no_other_with_it() -> None:
    lines = [
        "host all all 10.0.0.0/8 scram-sha-256",
        "host all",
        "local all",
        "host all all all reject",
    ]
    made = _adopted(_cluster(postgresql={"pg_hba": lines}))
    assert vars(made.environment.databases["orders"])["pg_hba"] == [lines[0], lines[3]]
    assert _said(made, "kept out").count("pg_hba.") == 2


def test_a_volume_of_wal_that_is_too_small_grows_and_is_never_taken_away() -> None:
    made = _adopted(_cluster(walStorage={"size": "512Mi"}))
    assert vars(made.environment.databases["orders"])["wal_storage"] == "2Gi"
    assert "wal_storage: '1Gi' becomes '2Gi'" in _said(made, "changed")


def test_memory_that_is_too_little_becomes_the_limit() -> None:
    resources = {"requests": {"memory": "256Mi"}, "limits": {"memory": "4Gi"}}
    parameters = {"parameters": {"shared_buffers": "256MB"}}
    made = _adopted(_cluster(resources=resources, postgresql=parameters))
    database = judged(made.environment).databases["orders"]
    assert database.resources
    assert (database.resources.memory, database.resources.memory_limit) == ("4Gi", None)
    assert "resources.memory: '256Mi' becomes '4Gi'" in _said(made, "changed")


def test_a_judgement_is_waived_for_ninety_days() -> None:
    made = _adopted(_cluster(instances=1))
    (waiver,) = judged(made.environment).waivers
    assert (waiver.rule, waiver.until) == ("database-has-replica", "2027-02-28")


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"replica": {"enabled": True, "source": "other"}}, "it follows another one"),
        ({"replica": {"primary": "orders", "source": "far"}}, "it is followed by others"),
        ({"replica": {"primary": "far", "source": "far"}}, "it follows another one"),
        (
            {"backup": {"barmanObjectStore": ARCHIVE | {"serverName": "a b"}}},
            "the whole Cluster: backup.server_name: 'a b' is not a server name",
        ),
        ({"imageName": "postgres:latest"}, "the whole Cluster: image: 'postgres:latest'"),
        ({"storage": {"size": "${SIZE}"}}, "the whole Cluster: storage needs ${SIZE}"),
        (
            {"backup": {"barmanObjectStore": ARCHIVE | {"destinationPath": "azure://x"}}},
            "the whole Cluster: its archive is in no bucket of S3",
        ),
        (
            {"plugins": [{"name": "barman-cloud.cloudnative-pg.io"}], "backup": {}},
            "the whole Cluster: ObjectStore shop/? is not among the manifests",
        ),
    ],
    ids=[
        "replica",
        "followed",
        "follower",
        "server name",
        "image",
        "size",
        "no S3",
        "no ObjectStore",
    ],
)
def test_a_cluster_that_would_be_another_one_is_kept_out(spec: dict[str, Any], said: str) -> None:
    with pytest.raises(Fault, match=r"here: none of its Clusters can be declared; ") as raised:
        _adopted(_cluster(**spec))
    assert said in str(raised.value)
    made = _adopted(_cluster(**spec), _cluster("plain"))
    assert list(made.environment.databases) == ["plain"]
    assert said in _said(made, "kept out")
    assert "Cluster shop/orders" not in _said(made, "changed") + _said(made, "fill in")


def test_of_two_clusters_with_one_archive_one_is_kept_out() -> None:
    one = ARCHIVE | {"serverName": "same"}
    backup = {"barmanObjectStore": one, "retentionPolicy": "14d"}
    made = _adopted(_cluster("first", backup=backup), _cluster("second", backup=backup))
    assert list(made.environment.databases) == ["first"]
    assert "is also the archive of databases.first" in _said(made, "kept out")


def test_an_archive_in_another_store_is_kept_out() -> None:
    other = {"barmanObjectStore": ARCHIVE | {"endpointURL": "https://s3.example.com"}}
    made = _adopted(_cluster("first"), _cluster("second", backup=other), _cluster("third"))
    assert list(made.environment.databases) == ["first", "third"]
    assert "its archive is in https://s3.example.com" in _said(made, "kept out")


def test_what_no_database_can_leave_out_is_a_fault_of_the_whole() -> None:
    odd = {"barmanObjectStore": ARCHIVE | {"endpointURL": "https://s3.example.org/folder"}}
    with pytest.raises(Fault, match=r"^the module: object_store\.endpoint: "):
        _adopted(_cluster(backup=odd))


def test_a_field_of_an_archive_in_the_cluster_itself_is_reported_too() -> None:
    archive = ARCHIVE | {"historyTags": {"team": "shop"}}
    made = _adopted(_cluster(backup={"barmanObjectStore": archive, "retentionPolicy": "14d"}))
    assert "spec.backup.barmanObjectStore.historyTags: has no word" in _said(made, "kept out")


def test_a_store_that_no_database_archives_to_is_said_once() -> None:
    store = {
        "apiVersion": "barmancloud.cnpg.io/v1",
        "kind": "ObjectStore",
        "metadata": {"name": "spare", "namespace": "shop", "labels": {"a": "b"}},
        "spec": {"configuration": ARCHIVE, "retentionPolicy": "14d"},
    }
    said = _said(_adopted(_cluster(), store), "kept out")
    assert said == (
        "1.yaml: ObjectStore shop/spare: nothing that is taken over archives to it; it stays"
    )


def test_an_application_of_which_nothing_is_left_makes_no_object() -> None:
    first = {"initdb": {"database": "app", "postInitApplicationSQL": ["alter role a password 'x'"]}}
    made = _adopted(_cluster(bootstrap=first))
    assert "holds a password" in _said(made, "kept out")
    assert "application" not in vars(made.environment.databases["orders"])
    assert judged(made.environment).databases["orders"].application is None


def test_of_parameters_that_do_not_fit_each_other_one_is_taken_out() -> None:
    parameters = {"max_connections": "300", "min_wal_size": "1GB", "max_wal_size": "1GB"}
    for wal in (None, {"size": "8Gi"}):
        made = _adopted(_cluster(postgresql={"parameters": parameters}, walStorage=wal))
        kept = vars(made.environment.databases["orders"])["parameters"]
        assert kept == {"max_connections": "300", "max_wal_size": "1GB"}
        assert "parameters.min_wal_size: min_wal_size '1GB' is not below" in (
            _said(made, "kept out")
        )


def test_of_libraries_the_one_that_the_image_lacks_is_taken_out() -> None:
    libraries = {"shared_preload_libraries": ["vector", "vchord", "pg_prewarm"]}
    made = _adopted(_cluster(postgresql=libraries))
    kept = vars(made.environment.databases["orders"])["shared_preload_libraries"]
    assert kept == ["vector", "pg_prewarm"]
    assert "'vchord' is not in" in _said(made, "kept out")


def test_of_a_cluster_that_is_kept_out_nothing_else_is_said() -> None:
    spec = {"walStorage": {"size": "1Gi"}, "bootstrap": {"initdb": {"owner": "postgres"}}}
    made = _adopted(_cluster("first", **spec), _cluster("second"))
    assert list(made.environment.databases) == ["second"]
    lines = [str(it) for it in made.notes if "Cluster shop/first" in it.place]
    (line,) = lines
    assert "the whole Cluster: owner: 'postgres' is reserved" in line
