"""What belongs together is put together, and a Cluster that would be another one is kept out."""

from typing import Any

import pytest

from stacks.command import Fault
from tests.stacks.adopt.cases import ARCHIVE, adopted, cluster, other, said

PLUGIN = "barman-cloud.cloudnative-pg.io"


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({"storage": {}}, "it has no storage, like a patch; adopt what `kubectl kustomize` makes"),
        ({"postgresUID": 65534}, "its files belong to postgresUID 65534, and to 26 in tier0"),
        ({"postgresGID": 1000}, "its files belong to postgresGID 1000, and to 26 in tier0"),
        ({"tablespaces": {"a": {}}}, "its tablespaces are no list"),
        (
            {"plugins": [{"name": "other.example.org", "isWALArchiver": True}]},
            "'other.example.org' archives it, and in tier0 Barman's plugin does",
        ),
        ({"walStorage": {"storageClass": "fast"}}, "its walStorage has no size"),
        ({"instances": "${N}"}, "instances needs ${N}; write --set N=VALUE"),
        ({"imageName": "postgres:${V}"}, "imageName needs ${V}; write --set V=VALUE"),
        (
            {"bootstrap": {"recovery": {"source": "${OLD}", "owner": "${APP}"}}},
            "bootstrap.recovery.owner needs ${APP}; write --set APP=VALUE",
        ),
        (
            {"plugins": [{"name": PLUGIN, "parameters": {"serverName": "${A}-${B}"}}]},
            "plugins needs ${A} and ${B}; write --set A=VALUE --set B=VALUE",
        ),
    ],
    ids=[
        *("patch", "user", "group", "tablespaces", "archiver", "no size"),
        *("instances", "image", "owner", "folder"),
    ],
)
def test_a_cluster_that_would_be_another_one_is_kept_out(spec: dict[str, Any], why: str) -> None:
    made = adopted(cluster(**spec), cluster("plain"))
    assert list(made.environment.databases) == ["plain"]
    assert f"0.yaml: Cluster shop/orders: the whole Cluster: {why}" in said(made, "kept out")


@pytest.mark.parametrize(
    "marks",
    [{"annotations": {"tier0/holds-data": "true"}}, {"labels": {"tier0/generation": "1"}}],
    ids=["declared", "restored"],
)
def test_a_cluster_of_tier0s_is_left_to_its_environment(marks: dict[str, Any]) -> None:
    """Of a database that was restored, the stopped generation would accept writes."""
    theirs, mine = cluster(), cluster("plain")
    theirs["metadata"] |= marks
    archive = {**ARCHIVE, "endpointURL": "https://s3.elsewhere.example.org"}
    mine["spec"]["backup"] = {"barmanObjectStore": archive, "retentionPolicy": "14d"}
    made = adopted(theirs, mine)
    assert list(made.environment.databases) == ["plain"]
    (line,) = [it for it in said(made, "kept out").splitlines() if "shop/orders" in it]
    assert "Cluster shop/orders: the whole Cluster: tier0 has it already" in line


@pytest.mark.parametrize(
    "stopped",
    [{"cnpg.io/fencedInstances": '["*"]'}, {"cnpg.io/hibernation": "on"}],
    ids=["fenced", "hibernating"],
)
def test_a_cluster_that_is_stopped_is_not_started(stopped: dict[str, str]) -> None:
    theirs = cluster()
    theirs["metadata"]["annotations"] = stopped
    made = adopted(theirs, cluster("plain"))
    assert list(made.environment.databases) == ["plain"]
    assert "Cluster shop/orders: the whole Cluster: it is stopped, by a fence or hibernation" in (
        said(made, "kept out")
    )


def test_an_object_that_is_there_twice_is_kept_out_where_the_two_differ() -> None:
    made = adopted(cluster(), cluster(instances=2), cluster("plain"))
    assert list(made.environment.databases) == ["plain"]
    lines = said(made, "kept out")
    assert (
        "0.yaml: Cluster shop/orders: the whole Cluster: it is in 1.yaml too, in another" in lines
    )
    assert (
        "1.yaml: Cluster shop/orders: the whole Cluster: it is in 0.yaml too, in another" in lines
    )


def test_an_object_that_is_there_twice_in_the_same_way_is_one() -> None:
    made = adopted(cluster(), cluster())
    assert list(made.environment.databases) == ["orders"]
    assert "too, in another way" not in said(made, "kept out")


def test_a_store_whose_place_is_a_template_is_said_with_its_cluster() -> None:
    plugin = {"name": PLUGIN, "isWALArchiver": True, "parameters": {"barmanObjectName": "far"}}
    store = other("ObjectStore", "far", configuration=ARCHIVE | {"destinationPath": "s3://${B}/"})
    with pytest.raises(Fault) as raised:
        adopted(cluster(plugins=[plugin], backup={}), store)
    lines = str(raised.value)
    assert "the whole Cluster: where its ObjectStore far archives to is not known" in lines
    assert "the whole Cluster: its archive needs ${B}; write --set B=VALUE" in lines


def test_an_archive_with_a_template_anywhere_keeps_its_cluster_out() -> None:
    archive = ARCHIVE | {"serverName": "orders-${VERSION}"}
    made = adopted(cluster(backup={"barmanObjectStore": archive}), cluster("plain"))
    assert list(made.environment.databases) == ["plain"]
    assert "barmanObjectStore: the whole Cluster: its archive needs ${VERSION}" in (
        said(made, "kept out")
    )


def test_a_store_of_another_name_stays_and_is_said() -> None:
    plugin = {"name": PLUGIN, "isWALArchiver": True, "parameters": {"barmanObjectName": "far"}}
    store = other("ObjectStore", "far", configuration=ARCHIVE, retentionPolicy="14d")
    made = adopted(cluster(plugins=[plugin], backup={}), store)
    assert "ObjectStore shop/far: stays, and tier0 makes its own, 'orders'" in said(made, "changed")
    assert "ObjectStore shop/orders" not in "".join(vars(made.environment)["adopted"])


def test_another_plugin_is_said_once() -> None:
    made = adopted(cluster(plugins=[{"name": "other.example.org", "parameters": {"a": "b"}}]))
    lines = [it for it in said(made, "kept out").splitlines() if "plugins" in it]
    assert len(lines) == 1
    assert "spec.plugins[0]: 'other.example.org' has no word" in lines[0]


def test_a_database_that_is_not_declared_stays() -> None:
    of = {"cluster": {"name": "orders"}}
    made = adopted(
        cluster(),
        other("Database", "wiki", **of, owner="by-hand"),
        other("Database", "app", **of, owner="app"),
    )
    assert "databases.wiki: 'by-hand' is not a role" in said(made, "kept out")
    for name in ("wiki", "app"):
        line = f"Database shop/{name}: stays as it is, and is not declared"
        assert line in said(made, "kept out")
    assert "Database" not in said(made, "changed")


def test_a_schedule_of_snapshots_with_the_name_of_base_backups_becomes_theirs() -> None:
    snapshots = {"volumeSnapshot": {"className": "fast"}}
    of = {"cluster": {"name": "orders"}, "schedule": "0 45 3 * * *", "method": "volumeSnapshot"}
    made = adopted(
        cluster(backup=snapshots),
        other("ScheduledBackup", "orders-backup", **of),
    )
    assert "ScheduledBackup shop/orders-backup" in vars(made.environment)["adopted"]
    assert (
        "ScheduledBackup shop/orders-backup spec.method: becomes that of base backups, at their "
        "schedule; 'orders-snapshot' makes snapshots"
    ) in said(made, "changed")


def test_of_two_schedules_the_one_that_tier0_names_is_taken_over() -> None:
    of = {"cluster": {"name": "orders"}, "method": "barmanObjectStore"}
    made = adopted(
        cluster(),
        other("ScheduledBackup", "a-first", **of, schedule="0 0 1 * * *"),
        other("ScheduledBackup", "orders-backup", **of, schedule="0 0 2 * * *"),
    )
    assert vars(made.environment.databases["orders"])["backup"].schedule == "0 2 * * *"
    assert "ScheduledBackup shop/a-first: a database has one schedule" in said(made, "kept out")


def test_what_is_lost_is_said_with_what_comes_in_its_place() -> None:
    bouncer = {
        "image": "example.org/pgbouncer:1.25",
        "authQuery": "select 1",
        "poolMode": "session",
    }
    made = adopted(
        cluster(
            monitoring={"podMonitorMetricRelabelings": [{"action": "drop"}]},
            nodeMaintenanceWindow={"inProgress": False, "reusePVC": False},
            postgresql={"pg_ident": ["map a b"]},
            replica={"enabled": False, "source": "far"},
        ),
        other("Pooler", "orders-pooler-rw", cluster={"name": "orders"}, pgbouncer=bouncer),
    )
    lines = said(made, "kept out")
    for field in (
        "monitoring.podMonitorMetricRelabelings: has no word; the PodMonitor is tier0's",
        "nodeMaintenanceWindow.reusePVC: has no word; it is read only while a node is maintained",
        "postgresql.pg_ident: has no word, and logins by its maps fail",
        "replica.source: is not declared; it follows nothing",
        "pgbouncer.authQuery: has no word; a pool asks CloudNativePG's function",
        "pgbouncer.image: has no word; a pool runs CloudNativePG's PgBouncer",
    ):
        assert f" spec.{field}" in lines
    assert len(lines.splitlines()) == 6
