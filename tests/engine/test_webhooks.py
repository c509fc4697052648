"""What `check` accepts, the API server and the operators' own webhooks accept, without a warning.

Nothing is stored but the namespaces: each object is applied for a dry run, field by field.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import Phase, given, settings

from components.ceph import StorageSpec
from components.postgres.drills import DRILLS_NAMESPACE
from stacks.check import environments, load
from stacks.cluster import APPLY, Answer, ClusterClient
from stacks.environment import EnvironmentSpec
from stacks.recovery import clone_objects, clones
from stacks.recovery.archives import Which
from stacks.recovery.clone_objects import Target
from stacks.render.owners import owned
from tests import valid as sound
from tests.components.drills.test_jobs import drills_of, settings_of
from tests.drafts import Draft, drafts, mended, postgres_parameters
from tests.recovery import by_name
from tests.sites import FOLLOWS
from tests.sites import STATES as SITES
from tests.support import ROOT, faults_of
from tools.build.crds import OPERATORS
from tools.sandbox.api_server import Sandbox
from tools.sandbox.etcd import Snapshot
from tools.sandbox.webhooks import Webhooks, released, toolchain

pytestmark = pytest.mark.xdist_group("webhooks")
"""Its tests share the API server that asks the webhooks."""

CLUSTER: dict[str, Any] = {
    "apiVersion": "postgresql.cnpg.io/v1",
    "kind": "Cluster",
    "metadata": {"name": "db", "namespace": "default"},
    "spec": {"instances": 3, "storage": {"size": "1Gi"}},
}
SCHEDULED_BACKUP: dict[str, Any] = {
    "apiVersion": "postgresql.cnpg.io/v1",
    "kind": "ScheduledBackup",
    "metadata": {"name": "db", "namespace": "default"},
    "spec": {"schedule": "0 0 2 * * *", "cluster": {"name": "db"}},
}
CERTIFICATE: dict[str, Any] = {
    "apiVersion": "cert-manager.io/v1",
    "kind": "Certificate",
    "metadata": {"name": "tls", "namespace": "default"},
    "spec": {
        "secretName": "tls",
        "dnsNames": ["db.example.org"],
        "duration": "1h",
        "issuerRef": {"name": "ca", "kind": "ClusterIssuer"},
    },
}


VOLUME = {"name": "a", "kind": "VolumeSnapshot", "apiGroup": "snapshot.storage.k8s.io"}

DEPRECATED = "Native support for Barman Cloud backups and recovery is deprecated"
"""Said of each database whose method is `in-tree`, which is for those not migrated yet."""


def _with(manifest: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """Return *manifest* with other fields in its spec."""
    return {**manifest, "spec": manifest["spec"] | fields}


def _namespace(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def _importing(**choices: Any) -> dict[str, Any]:
    """Return the Cluster with an import."""
    source = {"name": "other", "connectionParameters": {"host": "db.example.org"}}
    found = {"source": {"externalCluster": "other"}} | choices
    return _with(CLUSTER, bootstrap={"initdb": {"import": found}}, externalClusters=[source])


def _parameters(**parameters: str) -> dict[str, Any]:
    """Return the Cluster with parameters of PostgreSQL."""
    return _with(CLUSTER, postgresql={"parameters": parameters})


def _snapshot(**recovery: Any) -> dict[str, Any]:
    """Return the Cluster restored from a snapshot, with other fields in its recovery."""
    made = {"source": "a", "volumeSnapshots": {"storage": VOLUME}} | recovery
    plugin = {"name": "barman-cloud.cloudnative-pg.io", "parameters": {"barmanObjectName": "a"}}
    sources = [{"name": "a", "plugin": plugin}]
    return _with(CLUSTER, bootstrap={"recovery": made}, externalClusters=sources)


ALONE = _with(CLUSTER, instances=1, postgresql={"synchronous": {"method": "any", "number": 1}})
SHORT = _with(CERTIFICATE, duration="30m")


class Judge:
    """An API server that asks the operators' webhooks."""

    def __init__(self, cluster: ClusterClient) -> None:
        self.cluster = cluster

    def judge(self, manifest: Mapping[str, Any], *, dry_run: bool = True) -> Answer:
        """Apply *manifest* and return what is said of it."""
        metadata = manifest["metadata"]
        place = (metadata["name"], metadata.get("namespace", ""))
        path = self.cluster.path(manifest["apiVersion"], manifest["kind"], *place)
        query = "fieldManager=tier0&fieldValidation=Strict&force=true"
        query += "&dryRun=All" if dry_run else ""
        return self.cluster.request("PATCH", f"{path}?{query}", manifest, APPLY)

    def complaint(self, manifest: Mapping[str, Any]) -> str:
        """Return the refusal of *manifest* or the warnings about it; empty where it has neither."""
        answer = self.judge(manifest)
        return answer.warnings if answer.ok else answer.message

    def complaints(self, environment: EnvironmentSpec) -> list[str]:
        """Return every complaint about the objects of *environment*."""
        manifests = list(owned(environment).all.manifests())
        homes = {m["metadata"]["namespace"] for m in manifests if "namespace" in m["metadata"]}
        for name in homes:
            self.judge(_namespace(name), dry_run=False)
        return [
            f"{manifest['kind']} {manifest['metadata']['name']}: {complaint}"
            for manifest in manifests
            if (complaint := self.complaint(manifest))
        ]


@pytest.fixture(scope="module")
def judge(_started: tuple[Sandbox, Snapshot]) -> Iterator[Judge]:
    """The sandbox with the webhooks; afterwards it is as before."""
    box, fresh = _started
    toolchain().build()
    try:
        with Webhooks(box).judging(), box.cluster() as cluster:
            yield Judge(cluster)
    finally:
        box.etcd.restore(fresh)


@pytest.mark.parametrize("name", environments())
def test_an_environments_objects_are_accepted_without_a_warning(name: str, judge: Judge) -> None:
    assert judge.complaints(load(name)) == []


@pytest.mark.parametrize("method", ["plugin", "in-tree"])
@pytest.mark.parametrize("ca", [None, "s3-ca"])
def test_an_archive_elsewhere_is_accepted_without_a_warning(
    method: str, ca: str | None, judge: Judge
) -> None:
    changes = {
        "object_store": sound.s3(ca_secret=ca, encrypts=True),
        "databases.n8n.backup.method": method,
        "databases.n8n.backup.encryption": "AES256",
    }
    found = judge.complaints(sound.elsewhere(changes))
    assert all("barmanObjectStore" in it for it in found), "in-tree is deprecated"
    assert bool(found) is (method == "in-tree")


def test_a_claim_in_a_store_that_exists_is_accepted_without_a_warning(judge: Judge) -> None:
    store = sound.existing_store(encrypts=True, bucket_policies=True)
    environment = sound.homelab({"object_store": store})
    declared = {manifest["kind"] for manifest in owned(environment).all.manifests()}
    assert {"ObjectBucketClaim", "CephObjectStoreUser", "StorageClass"} <= declared
    assert judge.complaints(environment) == []


def test_production_with_everything_switched_on_is_accepted_without_a_warning(judge: Judge) -> None:
    nodes = {f"worker-{n}": sound.node(address=f"10.0.0.3{n}") for n in (1, 2, 3)}
    talos = sound.talos()
    production = load("production")
    assert isinstance(production.storage, StorageSpec)
    where = sound.ceph_placement(labels={"role": "storage"}, tolerations=["storage"])
    store = production.rook_store
    assert store
    certificate = store.certificate.model_copy(update={"hosts": ["s3.example.org"]})
    everything = production.model_copy(
        update={
            "bootstrap": sound.talos(nodes={**talos.nodes, **nodes}),
            "gitops": sound.gitops(path="rendered/production"),
            "prometheus": sound.prometheus(labels={"release": "prometheus"}),
            "storage": production.storage.model_copy(
                update={"placement": where, "ip_family": "IPv4"}
            ),
            "object_store": store.model_copy(update={"certificate": certificate}),
        }
    )
    environment = EnvironmentSpec.model_validate(everything)
    declared = {manifest["kind"] for manifest in owned(environment).all.manifests()}
    assert {"Application", "AppProject", "CephCluster", "PodMonitor", "Cluster"} <= declared
    assert judge.complaints(environment) == []


def test_a_database_that_makes_every_choice_is_accepted_without_a_warning(judge: Judge) -> None:
    environment = sound.every_choice()
    declared = {manifest["kind"] for manifest in owned(environment).all.manifests()}
    assert {"VolumeSnapshotClass", "Database", "Pooler"} <= declared
    assert judge.complaints(environment) == []


def test_all_that_is_declared_of_postgresql_is_accepted_without_a_warning(judge: Judge) -> None:
    assert judge.complaints(sound.of_postgresql()) == []


def test_a_restored_database_has_it_all_and_is_accepted(judge: Judge) -> None:
    environment = sound.of_postgresql(generations=[sound.restore()], active=2)
    assert judge.complaints(environment) == []


def test_a_clone_of_it_is_accepted(judge: Judge) -> None:
    wanted = clones.wanted_clone(sound.of_postgresql(), "n8n", Target())
    assert judge.judge(clone_objects.namespace(wanted), dry_run=False).ok
    secrets = {"registry": {".dockerconfigjson": "e30="}}
    *_, cluster = clone_objects.owned(wanted, "0f9f7d3e-5a2f-4b7f-8f4e-2d7b8a1c9e55", secrets)
    assert cluster["spec"]["postgresql"]["shared_preload_libraries"] == [
        "pg_prewarm",
        "timescaledb",
    ]
    assert judge.complaint(cluster) == ""


def test_what_makes_slots_survive_can_be_taken_away_again(judge: Judge) -> None:
    def cluster(**changes: Any) -> dict[str, Any]:
        environment = sound.environment(databases={"n8n": sound.database(**changes)})
        (made,) = (it for it in owned(environment).all.manifests() if it["kind"] == "Cluster")
        return {**made, "metadata": {"name": "slots", "namespace": "default"}}

    on = judge.judge(cluster(synchronize_logical_decoding=True), dry_run=False)
    assert on.content["spec"]["replicationSlots"]["highAvailability"] == {
        "enabled": True,
        "slotPrefix": "_cnpg_",
        "synchronizeLogicalDecoding": True,
    }
    off = judge.judge(cluster())
    assert off.ok, off.message
    high = off.content["spec"]["replicationSlots"]["highAvailability"]
    assert not high.get("synchronizeLogicalDecoding")


@pytest.mark.parametrize(
    "choices",
    [
        {"options": sound.import_options(jobs=4, exclude_table_data=["audit.log_*"])},
        {"post_import_sql": ["select 1"], "cidr": "192.0.2.10/32"},
        {"type": "monolith", "databases": ["app", "blog"], "roles": ["*"], "schema_only": True},
        {"type": "monolith", "databases": ["*"], "roles": ["app", "blog"]},
    ],
    ids=["options", "microservice", "monolith", "all"],
)
def test_a_database_that_is_imported_is_accepted_without_a_warning(
    choices: dict[str, Any], judge: Judge
) -> None:
    spec = sound.database(import_from=sound.importing(**choices))
    assert judge.complaints(sound.environment(databases={"n8n": spec})) == []


@pytest.mark.parametrize("method", ["plugin", "in-tree"])
def test_a_database_that_was_restored_is_accepted_without_another_warning_than_its_method_has(
    judge: Judge, method: str
) -> None:
    in_tree = {"databases.orders.backup.method": method} if method == "in-tree" else {}
    complaints = judge.complaints(sound.restored(in_tree))
    assert [it for it in complaints if DEPRECATED not in it] == []
    assert len(complaints) == (3 if method == "in-tree" else 0), "one for each of its Clusters"


@pytest.mark.parametrize("state", SITES)
def test_a_database_of_two_sites_is_accepted_and_no_empty_one_follows(
    judge: Judge, state: str
) -> None:
    complaints = judge.complaints(sound.environment(databases={"n8n": SITES[state]}))
    if state in FOLLOWS:
        (refusal,) = complaints
        assert "replica mode bootstrap is compatible only with pg_basebackup or recovery" in refusal
    else:
        assert complaints == []


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"min_apply_delay": "8h"},
        {"role": "primary", "promotion_token": sound.promotion_token()},
        {"role": "primary", "lost": "the north burnt down"},
    ],
    ids=["follows", "follows later", "is promoted", "takes over"],
)
def test_each_state_of_a_second_site_is_accepted_without_a_warning(
    judge: Judge, changes: dict[str, str]
) -> None:
    follower = sound.following(site=sound.site(**changes))
    environment = sound.environment(databases={"n8n": follower})
    assert judge.complaints(environment) == []
    made = judge.judge(by_name(owned(environment).all)["Cluster", "n8n-postgres-g2"])
    declared = by_name(owned(environment).all)["Cluster", "n8n-postgres-g2"]["spec"]
    assert made.content["spec"]["replica"] == declared["replica"], "it would differ in each preview"
    assert made.content["spec"]["externalClusters"] == declared["externalClusters"]


EVERY_TARGET = (
    Target(),
    Target(time="2026-11-30T10:00:00.000000+00:00"),
    Target(before_xid=4711, backup="20261130T020000"),
    Target(backup="20261130T020000", latest=True),
    Target(backup="20261130T020000"),
)


@pytest.mark.parametrize("target", EVERY_TARGET, ids=str)
@pytest.mark.parametrize("which", ["archive", "offsite"])
@pytest.mark.parametrize("method", ["plugin", "in-tree"])
def test_a_clone_is_accepted_without_another_warning_than_its_method_has(
    judge: Judge, method: str, which: Which, target: Target
) -> None:
    environment = sound.homelab({"databases.n8n.backup.method": method, "offsite": sound.offsite()})
    wanted = clones.wanted_clone(environment, "n8n", target, which=which, superuser=True)
    assert judge.judge(clone_objects.namespace(wanted), dry_run=False).warnings == ""
    secrets = {wanted.store.secret: {"access": "eA=="}}
    manifests = [
        clone_objects.network_policy(wanted, restored=False),
        clone_objects.network_policy(wanted, restored=True),
        clone_objects.end(wanted, 60),
        *clone_objects.owned(wanted, "0f9f7d3e-5a2f-4b7f-8f4e-2d7b8a1c9e55", secrets),
    ]
    said = [judge.complaint(manifest) for manifest in manifests]
    recovery = manifests[-1]["spec"]["bootstrap"]["recovery"]
    assert judge.judge(manifests[-1]).content["spec"]["bootstrap"]["recovery"] == recovery
    assert [one for one in said if one and DEPRECATED not in one] == []
    assert any(DEPRECATED in one for one in said) is (method == "in-tree")


@pytest.mark.parametrize("which", ["archive", "offsite"])
@pytest.mark.parametrize("method", ["plugin", "in-tree"])
def test_the_scratch_cluster_of_a_drill_is_accepted_without_another_warning_than_its_method_has(
    judge: Judge, method: str, which: Which
) -> None:
    changes = {
        "databases.n8n.backup.method": method,
        "databases.n8n.wal_storage": "2Gi",
        "databases.n8n.drills": sound.drills(storage_class="scratch"),
        "offsite": sound.offsite(ca_secret="offsite-ca"),
    }
    manifests = drills_of(changes)
    judge.judge(_namespace(DRILLS_NAMESPACE), dry_run=False)
    scratch = settings_of(manifests, "restore")["scratch"][which]
    uid = "0f9f7d3e-5a2f-4b7f-8f4e-2d7b8a1c9e55"
    owner = {"apiVersion": "batch/v1", "kind": "Job", "name": "n8n-restore-1", "uid": uid}
    scratch["metadata"]["ownerReferences"] = [owner]
    recovery = scratch["spec"]["bootstrap"]["recovery"]
    recovery["recoveryTarget"] = {"targetTime": "2026-11-30T10:00:00.000000+00:00"}
    made = judge.judge(scratch)
    assert made.ok, made.message
    assert [it for it in (made.warnings,) if it and DEPRECATED not in it] == []
    assert (DEPRECATED in made.warnings) is (method == "in-tree")
    kept = made.content["spec"]
    assert kept["bootstrap"]["recovery"] == recovery
    assert kept["affinity"]["additionalPodAntiAffinity"]
    assert [it["enabled"] for it in kept.get("plugins", [])] == [False] * (method == "plugin")


@pytest.mark.parametrize(
    "changes",
    [{}, {"time": "2026-11-29T10:00:00Z"}, {"before_xid": 4711}],
    ids=["latest", "time", "before_xid"],
)
@pytest.mark.parametrize("method", ["plugin", "in-tree"])
@pytest.mark.parametrize("wal", [None, "snapshot-wal"])
def test_a_generation_from_a_snapshot_is_accepted(
    judge: Judge, changes: dict[str, Any], method: str, wal: str | None
) -> None:
    entry = sound.restore(snapshot="snapshot", wal_snapshot=wal, **changes)
    places = {
        "generations": [entry],
        "wal_storage": "2Gi" if wal else None,
        "backup.method": method,
    }
    environment = sound.homelab({f"databases.n8n.{field}": it for field, it in places.items()})
    said = judge.complaints(environment)
    assert [one for one in said if DEPRECATED not in one] == []
    (cluster,) = (
        manifest
        for manifest in owned(environment).all.manifests()
        if (manifest["kind"], manifest["metadata"]["name"]) == ("Cluster", "n8n-postgres-g2")
    )
    kept = judge.judge(cluster).content["spec"]["bootstrap"]["recovery"]
    assert kept == cluster["spec"]["bootstrap"]["recovery"]
    assert kept["volumeSnapshots"].keys() == ({"storage", "walStorage"} if wal else {"storage"})


def test_the_end_of_a_clone_can_be_moved(judge: Judge) -> None:
    wanted = clones.wanted_clone(sound.homelab(), "n8n", Target())
    assert judge.judge(clone_objects.namespace(wanted), dry_run=False).ok
    made = judge.judge(clone_objects.end(wanted, 60), dry_run=False)
    assert made.warnings == ""
    created = datetime.fromisoformat(made.content["metadata"]["creationTimestamp"])
    until = clones.expire(judge.cluster, wanted.name, created, timedelta(hours=3))
    (listed,) = clones.clones(judge.cluster, wanted.spec.namespace, wanted.spec.cluster)
    assert (listed.name, listed.target) == (wanted.name, wanted.told)
    assert abs(listed.until - until) <= timedelta(seconds=1)
    assert timedelta(hours=2, minutes=59) < until - created < timedelta(hours=3, minutes=1)


def test_random_environments_that_check_accepts_are_accepted_too(judge: Judge) -> None:
    refused: dict[str, str] = {}

    @settings(max_examples=max(25, settings().max_examples // 10), phases=[Phase.generate])
    @given(drafts())
    def judged(draft: Draft) -> None:
        environment = mended(draft)
        complaints = judge.complaints(environment)
        deprecated = [complaint for complaint in complaints if DEPRECATED in complaint]
        in_tree = [
            (name, one.cluster)
            for name, it in environment.databases.items()
            for one in it.lineage
            if it.backup.method == "in-tree" and one.state not in ("removed", "upgraded")
        ]
        assert len(deprecated) == len(in_tree)
        # The sandbox has the CRDs of the Rook that is the default.
        newer = environment.operators is not None and environment.operators.new_keys
        known = [c for c in complaints if newer and c.startswith("CephCluster") and "cephx" in c]
        # Refused at its creation only, and a primary that is demoted exists (validateReplicaMode).
        if any(it.is_replica and not it.current.restored for it in environment.databases.values()):
            known += [it for it in complaints if "replica mode bootstrap is compatible" in it]
        for complaint in complaints:
            if complaint not in deprecated + known:
                refused.setdefault(complaint, repr(environment))

    judged()
    assert not refused, "\n".join(f"{complaint}\n    {it}" for complaint, it in refused.items())


def test_parameters_that_check_accepts_are_accepted_too(judge: Judge) -> None:
    refused: dict[str, str] = {}

    @settings(max_examples=max(50, settings().max_examples // 10), phases=[Phase.generate])
    @given(postgres_parameters())
    def judged(parameters: dict[str, str]) -> None:
        changes = {"databases.n8n.parameters": parameters}
        if faults_of(changes):
            return
        declared = owned(sound.homelab(changes)).all.manifests()
        (cluster,) = (manifest for manifest in declared if manifest["kind"] == "Cluster")
        if complaint := judge.complaint({**cluster, "metadata": CLUSTER["metadata"]}):
            refused.setdefault(complaint, repr(parameters))

    judged()
    assert not refused, "\n".join(f"{complaint}\n    {it}" for complaint, it in refused.items())


@pytest.mark.parametrize("manifest", [CLUSTER, SCHEDULED_BACKUP, CERTIFICATE])
def test_nothing_is_said_of_the_sound_objects_that_the_faulty_ones_are_made_of(
    manifest: dict[str, Any], judge: Judge
) -> None:
    assert judge.complaint(manifest) == ""


@pytest.mark.parametrize(
    ("manifest", "complaint"),
    [
        (ALONE, "vcluster.cnpg.io.*synchronous replicas must be less than the total number"),
        (SHORT, "webhook.cert-manager.io.*certificate duration must be greater than 1h0m0s"),
        (
            _with(SCHEDULED_BACKUP, schedule="0 2 * * *"),
            "299.*Schedule parameter may not have the right number of arguments",
        ),
        (_with(SCHEDULED_BACKUP, schedule="every day"), "vscheduledbackup.cnpg.io"),
        (_parameters(wal_log_hints="off"), "`wal_log_hints` must be set to `on`"),
        (_parameters(wal_level="Replica"), "unrecognized `wal_level` value"),
        (_parameters(shared_buffers="0x10MB"), "Invalid value for configuration parameter"),
        (_parameters(max_wal_size="1e3MB"), "Invalid value for configuration parameter"),
        (
            _parameters(**{"pg_failover_slots.drop_extra_slots": "on"}),
            "`hot_standby_feedback` must be enabled",
        ),
        (_with(CLUSTER, imageName="postgres:12.20"), "Versions 13 or newer are supported"),
        (_with(CLUSTER, instnaces=3), "field not declared in schema|unknown field"),
        (
            _importing(type="microservice", databases=["a", "b"]),
            "single database for the `microservice` import type",
        ),
        (
            _importing(type="microservice", databases=["a"], roles=["b"]),
            "cannot specify roles to import for the `microservice` import type",
        ),
        (
            _importing(type="monolith", databases=["*", "a"]),
            "Wildcard import cannot be used along other database names",
        ),
        (
            _importing(type="monolith", databases=["a"], postImportApplicationSQL=["select 1"]),
            "postImportApplicationSQL is not allowed for the `monolith` import type",
        ),
        (
            _snapshot(recoveryTarget={"targetXID": "7", "backupID": "b"}),
            "Cannot specify a backupID",
        ),
        (
            _snapshot(volumeSnapshots={"storage": VOLUME, "walStorage": VOLUME}),
            "A WAL storage configuration is required",
        ),
    ],
    ids=[
        "synchronous alone",
        "30 minutes",
        "five fields",
        "no schedule",
        "wal_log_hints",
        "wal_level",
        "hexadecimal",
        "exponent",
        "failover slots",
        "PostgreSQL 12",
        "misspelt",
        "import of two",
        "import with roles",
        "import of all and one",
        "import of many with SQL",
        "backup ID with a snapshot",
        "snapshot of a missing WAL volume",
    ],
)
def test_what_an_operator_would_refuse_is_refused_here(
    manifest: dict[str, Any], complaint: str, judge: Judge
) -> None:
    assert re.search(complaint, judge.complaint(manifest))


def test_cloudnativepg_fills_in_what_it_fills_in(judge: Judge) -> None:
    parameters = judge.judge(CLUSTER).content["spec"]["postgresql"]["parameters"]
    assert parameters["archive_mode"] == "on"


JUDGED = {
    "CloudNativePG 1.30.0: Cluster": ("cloudnative-pg", "internal/webhook/v1/cluster_webhook.go"),
    "CloudNativePG 1.30.0: Database": ("cloudnative-pg", "internal/webhook/v1/database_webhook.go"),
    "CloudNativePG 1.30.0: Pooler": ("cloudnative-pg", "internal/webhook/v1/pooler_webhook.go"),
    "cert-manager 1.21.2: Certificate": (
        "cert-manager",
        "internal/apis/certmanager/validation/certificate.go",
    ),
    "cert-manager 1.21.2: ClusterIssuer": (
        "cert-manager",
        "internal/apis/certmanager/validation/clusterissuer.go",
    ),
}
"""The tables of docs/webhooks.md, by their heading: the operator and the file of each."""

ENTRIES = {"ValidateCreate", "ValidateUpdate", "ValidateDelete", "validate"}
"""The functions through which the API server comes in; they call the others."""


@pytest.mark.parametrize("table", JUDGED)
def test_the_page_about_webhooks_has_each_function_of_the_pinned_version(table: str) -> None:
    operator, file = JUDGED[table]
    version = next(it.version for it in OPERATORS if it.name == operator)
    assert version.removeprefix("v") in table
    source = released(operator, file)[file].decode()
    functions = re.findall(r"^func (?:\(\w+ \*\w+\) )?([vV]alidate\w*)\(", source, re.MULTILINE)
    page = (ROOT / "docs/webhooks.md").read_text("utf-8")
    section = page.partition(f"## {table}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert sorted(rows) == sorted(set(functions) - ENTRIES)
