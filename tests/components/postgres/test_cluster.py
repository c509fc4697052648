"""A database with every choice that there is: what CloudNativePG is told of each."""

from collections.abc import Mapping
from typing import Any

import pytest

from components.kube.objects import PROPAGATION, WAIT_SECONDS
from components.postgres import SnapshotsSpec
from components.postgres.cluster_spec import cluster_spec
from stacks.check import load
from stacks.check.rules.required import required
from stacks.environment import EnvironmentSpec
from tests import valid
from tests.support import declared

Manifests = Mapping[tuple[str, str], Mapping[str, Any]]


@pytest.fixture(scope="module")
def chosen() -> EnvironmentSpec:
    return valid.every_choice()


def _manifests(environment: EnvironmentSpec) -> Manifests:
    return {
        (m["kind"], m["metadata"]["name"]): m.get("spec", {})
        for m in declared(environment).manifests()
    }


@pytest.fixture(scope="module")
def manifests(chosen: EnvironmentSpec) -> Manifests:
    return _manifests(chosen)


@pytest.fixture(scope="module")
def cluster(manifests: Manifests) -> Mapping[str, Any]:
    return manifests["Cluster", "orders"]


def test_nothing_is_said_that_cloudnativepg_does_by_itself() -> None:
    said = _manifests(load("dev"))["Cluster", "app"]
    left_to_it = {"affinity", "topologySpreadConstraints", "resources", "walStorage", "managed"}
    left_to_it |= {"startDelay", "stopDelay", "switchoverDelay", "failoverDelay", "backup"}
    assert said.keys() & left_to_it == set()
    assert said["smartShutdownTimeout"] == 15, "180 s would be an outage of that length"


def test_wal_has_a_volume_of_its_own(cluster: Mapping[str, Any]) -> None:
    assert cluster["storage"] == {"size": "50Gi", "storageClass": "ceph-block"}
    assert cluster["walStorage"] == {"size": "20Gi", "storageClass": "ceph-block"}


def test_resources_and_the_size_of_huge_pages_are_those_that_are_declared(
    cluster: Mapping[str, Any],
) -> None:
    assert cluster["resources"] == {
        "requests": {"cpu": "2", "memory": "8Gi", "hugepages-1Gi": "3Gi"},
        "limits": {"cpu": "4", "memory": "12Gi", "hugepages-1Gi": "3Gi"},
    }
    assert cluster["postgresql"]["parameters"]["huge_page_size"] == "1GB"


def test_instances_are_apart_and_spread_over_zones_without_counting_other_pods(
    cluster: Mapping[str, Any],
) -> None:
    affinity = cluster["affinity"]
    assert affinity["podAntiAffinityType"] == "required"
    assert affinity["topologyKey"] == "example.org/rack"
    assert affinity["nodeSelector"] == {"example.org/disk": "nvme"}
    assert affinity["tolerations"] == [{"key": "example.org/databases", "operator": "Exists"}]
    (spread,) = cluster["topologySpreadConstraints"]
    assert (spread["topologyKey"], spread["whenUnsatisfiable"]) == (
        "topology.kubernetes.io/zone",
        "ScheduleAnyway",
    )
    assert spread["labelSelector"]["matchLabels"] == {
        "cnpg.io/cluster": "orders",
        "cnpg.io/podRole": "instance",
    }


def test_what_it_makes_has_the_labels_and_annotations_that_are_declared(
    cluster: Mapping[str, Any],
) -> None:
    assert cluster["inheritedMetadata"] == {
        "labels": {"example.org/team": "shop"},
        "annotations": {"example.org/pager": "day, night"},
    }


def test_parameters_come_beside_those_that_keep_the_rpo_and_the_volume(
    cluster: Mapping[str, Any],
) -> None:
    assert cluster["postgresql"]["parameters"] == {
        "archive_timeout": "60s",
        "max_wal_size": "1GB",
        "min_wal_size": "320MB",
        "wal_compression": "lz4",
        "max_slot_wal_keep_size": "9728MB",
        "huge_page_size": "1GB",
        "max_connections": "200",
        "shared_buffers": "2GB",
    }


def test_timers_are_seconds(cluster: Mapping[str, Any]) -> None:
    assert {k: v for k, v in cluster.items() if k.endswith(("Delay", "Timeout"))} == {
        "startDelay": 7200,
        "stopDelay": 1200,
        "smartShutdownTimeout": 20,
        "switchoverDelay": 1800,
        "failoverDelay": 5,
    }


def test_an_archive_catches_up_with_several_segments_at_once_and_is_tagged(
    manifests: Manifests,
) -> None:
    configuration = manifests["ObjectStore", "orders"]["configuration"]
    assert configuration["wal"]["maxParallel"] == 8
    assert configuration["tags"] == {"team": "shop"}
    assert manifests["ScheduledBackup", "orders-g2-backup"]["target"] == "primary"


def test_clients_find_the_primary_by_a_name_of_its_own_that_its_certificate_has(
    chosen: EnvironmentSpec, manifests: Manifests, cluster: Mapping[str, Any]
) -> None:
    assert chosen.databases["orders"].host == "orders-db.orders.svc"
    assert manifests["Service", "orders-db"]["selector"]["cnpg.io/cluster"] == "orders"
    assert ("Service", "orders") not in manifests
    assert "orders-db.orders.svc" in cluster["certificates"]["serverAltDNSNames"]


def test_no_role_is_a_superuser_and_only_one_with_a_password_logs_in(
    cluster: Mapping[str, Any],
) -> None:
    analyst, readers = cluster["managed"]["roles"]
    assert (analyst["login"], analyst["superuser"]) == (True, False)
    assert analyst["passwordSecret"] == {"name": "analyst"}
    assert (analyst["inRoles"], analyst["connectionLimit"]) == (["readers"], 5)
    assert (readers["login"], readers["superuser"]) == (False, False)
    assert not readers.keys() & {"passwordSecret", "connectionLimit"}


def test_a_password_that_a_role_needs_is_required(chosen: EnvironmentSpec) -> None:
    (secret,) = [s for s in required(chosen) if s.place == "orders/analyst"]
    assert secret.keys == {"username", "password"}
    assert secret.purpose == "databases.orders.roles.analyst.password_secret"


def test_a_further_database_stays_when_its_object_goes(manifests: Manifests) -> None:
    assert manifests["Database", "orders-reports--db"] == {
        "name": "reports_",
        "cluster": {"name": "orders"},
        "owner": "analyst",
        "extensions": [{"name": "uuid-ossp"}, {"name": "pg_trgm"}],
        "databaseReclaimPolicy": "retain",
    }


def test_a_further_database_is_protected_and_waited_for(chosen: EnvironmentSpec) -> None:
    (found,) = [r for r in declared(chosen).resources if r.name == "orders-database-reports_"]
    assert (found.protect, found.retain_on_delete, found.holds_data) == (True, True, True)
    assert (
        found.inputs["metadata"]["annotations"]["pulumi.com/waitFor"]
        == "jsonpath={.status.applied}=true"
    )


def test_a_pool_goes_before_what_the_operator_made_for_it(chosen: EnvironmentSpec) -> None:
    """Else the operator makes it again for as long as the Pooler is there."""
    pools = [it for it in declared(chosen).resources if it.type.endswith(":Pooler")]
    assert len(pools) == 2
    for it in pools:
        assert it.inputs["metadata"]["annotations"][PROPAGATION] == "background"


def test_a_pool_reaches_the_primary_by_a_name_that_its_certificate_has(
    chosen: EnvironmentSpec, manifests: Manifests, cluster: Mapping[str, Any]
) -> None:
    pooler = manifests["Pooler", "orders-pooler-rw"]
    assert (pooler["type"], pooler["instances"]) == ("rw", 2)
    assert pooler["pgbouncer"] == {
        "poolMode": "transaction",
        "parameters": {"max_client_conn": "1000", "default_pool_size": "20"},
    }
    host = chosen.databases["orders"].pooler_hosts["rw"]
    assert host == "orders-pooler-rw.orders.svc"
    assert host in cluster["certificates"]["serverAltDNSNames"], "verify-full would refuse it"
    assert declared(chosen).outputs["databases"]["orders"]["pooler_host"] == host


def test_clients_outside_reach_the_active_generation_by_names_that_its_certificate_has(
    manifests: Manifests, cluster: Mapping[str, Any]
) -> None:
    service = manifests["Service", "orders-outside"]
    assert service["type"] == "LoadBalancer"
    assert service["loadBalancerSourceRanges"] == ["10.0.0.0/8"]
    assert service["externalTrafficPolicy"] == "Local", "a policy must see who the client is"
    assert service["loadBalancerClass"] == "example.org/balancer"
    assert service["selector"] == {"cnpg.io/cluster": "orders", "cnpg.io/instanceRole": "primary"}
    reports = manifests["Service", "orders-reports"]["selector"]
    assert reports["cnpg.io/instanceRole"] == "replica"
    names = cluster["certificates"]["serverAltDNSNames"]
    assert {"orders.example.org", "reports.example.org"} <= {*names}
    assert "orders.example.org.cluster.local" not in names


def test_tablespaces_have_volumes_that_every_cluster_of_the_same_data_has(
    cluster: Mapping[str, Any],
) -> None:
    assert cluster["tablespaces"] == [
        {
            "name": "cold",
            "storage": {"size": "100Gi", "storageClass": "ceph-slow"},
            "owner": {"name": "analyst"},
            "temporary": False,
        },
        {"name": "sorts", "storage": {"size": "20Gi"}, "temporary": True},
    ]
    assert valid.every_choice().databases["orders"].data_size == "170Gi"


def test_a_pool_reaches_replicas_and_ignores_what_clients_say_at_their_start(
    chosen: EnvironmentSpec, manifests: Manifests, cluster: Mapping[str, Any]
) -> None:
    pooler = manifests["Pooler", "orders-pooler-ro"]
    assert (pooler["type"], pooler["instances"]) == ("ro", 1)
    assert pooler["pgbouncer"]["parameters"] == {
        "max_client_conn": "1000",
        "default_pool_size": "5",
        "ignore_startup_parameters": "search_path",
    }
    host = "orders-pooler-ro.orders.svc"
    assert host in cluster["certificates"]["serverAltDNSNames"]
    assert declared(chosen).outputs["databases"]["orders"]["replica_pooler_host"] == host


def test_snapshots_come_beside_the_archive_and_go_with_their_backup(
    manifests: Manifests, cluster: Mapping[str, Any]
) -> None:
    assert cluster["plugins"][0]["isWALArchiver"] is True
    assert cluster["backup"] == {
        "volumeSnapshot": {
            "className": "ceph-block",
            "walClassName": "ceph-wal",
            "online": True,
            "snapshotOwnerReference": "backup",
        }
    }
    snapshot = manifests["ScheduledBackup", "orders-snapshot"]
    assert (snapshot["method"], snapshot["schedule"]) == ("volumeSnapshot", "0 30 * * * *")
    assert manifests["ScheduledBackup", "orders-g2-backup"]["method"] == "plugin"


def test_snapshots_leave_an_archive_of_cloudnativepgs_own_in_place() -> None:
    environment = valid.homelab(
        {
            "databases.n8n.backup.method": "in-tree",
            "databases.n8n.snapshots": SnapshotsSpec(class_name="x", schedule="0 * * * *"),
        }
    )
    backup = _manifests(environment)["Cluster", "n8n-postgres"]["backup"]
    assert backup.keys() == {"barmanObjectStore", "retentionPolicy", "volumeSnapshot"}


@pytest.mark.parametrize("kind", ["ScheduledBackup", "Database", "Pooler"])
def test_an_object_whose_cluster_cannot_change_has_the_name_of_its_cluster_in_its_own(
    manifests: Manifests, kind: str
) -> None:
    """Its `spec.cluster` is immutable (CloudNativePG 1.30): a rename must make another object."""
    orders = valid.every_choice().databases["orders"]
    everything = {
        f"databases.orders.{field}": getattr(orders, field)
        for field in ("databases", "roles", "pooler", "replica_pooler", "snapshots", "parameters")
    }
    renamed = _manifests(
        valid.edited("production", everything | {"databases.orders.cluster": "other"})
    )
    ours = {key for key in manifests if key[0] == kind}
    others = {key for key in renamed if key[0] == kind}
    assert len(ours) == len(others) > 0
    assert not ours & others
    assert {manifests[key]["cluster"]["name"] for key in ours} == {"orders"}
    assert {renamed[key]["cluster"]["name"] for key in others} == {"other"}


@pytest.mark.parametrize(("rto", "waited"), [("2h", "7200"), ("5m", "600")])
def test_a_restore_is_waited_for_as_long_as_it_may_take(rto: str, waited: str) -> None:
    objectives = valid.objectives(rto=rto)
    made = valid.database(generations=[valid.restore()], objectives=objectives)
    noted = {
        it.inputs["metadata"]["name"]: it.inputs["metadata"]["annotations"].get(WAIT_SECONDS)
        for it in declared(valid.environment(databases={"n8n": made})).resources
        if it.type == "kubernetes:postgresql.cnpg.io/v1:Cluster"
    }
    assert noted == {"n8n-postgres": None, "n8n-postgres-g2": waited}


def test_initdb_makes_the_segments_that_are_declared() -> None:
    def initdb(segment: int) -> Mapping[str, Any]:
        spec = valid.database(wal_segment=segment)
        made: Mapping[str, Any] = cluster_spec(spec, spec.current)["bootstrap"]["initdb"]
        return made

    assert "walSegmentSize" not in initdb(16), "another value would change databases that exist"
    assert initdb(64)["walSegmentSize"] == 64


def test_a_generation_has_the_parameters_of_the_image_that_it_runs() -> None:
    other = "registry.example.org/postgresql:17.6"
    spec = valid.database(generations=[valid.restore(source=1, image=other)], active=1)
    active, candidate = (cluster_spec(spec, it)["postgresql"]["parameters"] for it in spec.lineage)
    assert active["wal_compression"] == "lz4"
    assert "wal_compression" not in candidate, "nothing says that it is built with lz4"


def test_the_applications_database_gets_what_is_declared_and_keeps_its_owner() -> None:
    contents = valid.application(
        extensions=["vector"], schemas={"sales": "app"}, post_init_sql=["create table t (id int)"]
    )
    said = _manifests(valid.environment(databases={"n8n": valid.database(application=contents)}))
    assert said["Database", "n8n-postgres-app-db"] == {
        "cluster": {"name": "n8n-postgres"},
        "name": "app",
        "owner": "app",
        "databaseReclaimPolicy": "retain",
        "schemas": [{"name": "sales", "owner": "app"}],
        "extensions": [{"name": "vector"}],
    }
    initdb = said["Cluster", "n8n-postgres"]["bootstrap"]["initdb"]
    assert initdb["postInitApplicationSQL"] == ["create table t (id int)"]


def test_a_restored_generation_has_its_application_too_and_runs_no_sql_again() -> None:
    contents = valid.application(extensions=["vector"], post_init_sql=["create table t (id int)"])
    spec = valid.database(application=contents, generations=[valid.restore()], active=2)
    said = _manifests(valid.environment(databases={"n8n": spec}))
    assert said["Database", "n8n-postgres-g2-app-db"]["extensions"] == [{"name": "vector"}]
    assert "initdb" not in said["Cluster", "n8n-postgres-g2"]["bootstrap"]


def test_the_applications_object_may_go_as_its_database_stays() -> None:
    spec = valid.database(application=valid.application(), databases={"b": valid.further()})
    recording = declared(valid.environment(databases={"n8n": spec}))
    kept = {
        it.name: it.protect
        for it in recording.resources
        if it.manifest and it.manifest["kind"] == "Database" and "database" in it.name
    }
    assert kept == {"n8n-database-app": False, "n8n-database-b": True}


def test_the_owners_secret_is_required_and_named_where_it_is_made_elsewhere() -> None:
    spec = valid.database(owner_secret="login")
    environment = valid.environment(databases={"n8n": spec})
    assert ("n8n-prod", "login") in {(it.namespace, it.name) for it in required(environment)}
    initdb = cluster_spec(spec, spec.current)["bootstrap"]["initdb"]
    assert initdb["secret"] == {"name": "login"}


def test_an_archive_that_is_there_goes_on_under_its_name_and_a_restore_reads_it() -> None:
    archived = valid.backup(bucket=valid.claim(), server_name="app_v5")
    spec = valid.database(backup=archived, generations=[valid.restore()], active=2)
    assert spec.server_names == ["app_v5", "n8n-postgres-g2"]
    assert spec.clusters == ["n8n-postgres", "n8n-postgres-g2"]
    said = _manifests(valid.environment(databases={"n8n": spec}))
    first, second = said["Cluster", "n8n-postgres"], said["Cluster", "n8n-postgres-g2"]
    assert first["plugins"][0]["parameters"]["serverName"] == "app_v5"
    assert second["plugins"][0]["parameters"]["serverName"] == "n8n-postgres-g2"
    (source,) = second["externalClusters"]
    assert source["plugin"]["parameters"]["serverName"] == "app_v5"
    assert ("ScheduledBackup", "n8n-postgres-g2-backup") in said


def test_an_upgrade_of_it_has_its_own_archive() -> None:
    archived = valid.backup(bucket=valid.claim(), server_name="app_v5")
    spec = valid.database(backup=archived, generations=[valid.upgrade()])
    assert (spec.server_name, spec.clusters) == ("n8n-postgres-g2", ["n8n-postgres"])


def test_its_schedule_is_named_after_the_cluster_as_an_object_must_be() -> None:
    archived = valid.backup(bucket=valid.claim(), server_name="app_v5")
    said = _manifests(
        valid.environment(databases={"n8n": valid.database(backup=archived)}),
    )
    assert ("ScheduledBackup", "n8n-postgres-backup") in said


def test_no_superuser_logs_in_unless_a_waiver_lets_it() -> None:
    spec = valid.database(superuser_access=True, superuser_secret="root-login")
    waived = valid.waiver(
        rule="superuser-stays-inside",
        place="databases.n8n.superuser_access",
        because="the old tool makes its own roles",
    )
    environment = valid.environment(databases={"n8n": spec}, waivers=[waived])
    said = _manifests(environment)["Cluster", "n8n-postgres"]
    assert (said["enableSuperuserAccess"], said["superuserSecret"]) == (
        True,
        {"name": "root-login"},
    )
    assert ("n8n-prod", "root-login") in {(it.namespace, it.name) for it in required(environment)}
    usual = cluster_spec(valid.database(), valid.database().current)
    assert usual["enableSuperuserAccess"] is False
