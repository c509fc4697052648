"""Valid specs, for the tests that change one thing.

Each function takes the fields that differ, right or wrong: whether they are is not for a type
checker to say here. A field that is LEFT_OUT is not given at all.
"""

import base64
import json
import runpy
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import stacks.check  # noqa: F401 - registers the rules that environments keep
from components.ceph.buckets import BucketClaimSpec, ExistingBucketSpec
from components.ceph.daemons import CephResourcesSpec, DaemonSpec
from components.ceph.disks import EveryNodeSpec, NamedNodesSpec
from components.ceph.existing_store import ExistingObjectStoreSpec
from components.ceph.object_store import KmsSpec, ObjectStoreSpec
from components.ceph.placement import CephPlacementSpec
from components.ceph.spec import ExistingCephSpec, StorageSpec
from components.certificates import CertificateSpec, CertificatesSpec
from components.gitops import GitOpsSpec
from components.monitoring import PrometheusSpec
from components.offsite import OffsiteSpec
from components.operators import OperatorsSpec
from components.postgres import (
    ApplicationSpec,
    BackupSpec,
    DatabaseSpec,
    DrillsSpec,
    ExtensionImageSpec,
    FollowSpec,
    ImportSpec,
    InheritedMetadataSpec,
    ObjectivesSpec,
    PlacementSpec,
    PoolerSpec,
    PostgresSpec,
    ResourcesSpec,
    RestoreSpec,
    RoleSpec,
    SiteArchiveSpec,
    SiteSpec,
    SnapshotsSpec,
    SynchronousSpec,
    TimersSpec,
    UpgradeSpec,
)
from components.postgres.certificates import DatabaseCertificatesSpec
from components.postgres.import_options import ImportOptionsSpec
from components.postgres.load_balancers import LoadBalancerSpec
from components.postgres.network import EgressSpec, NetworkSpec
from components.postgres.tablespaces import TablespaceSpec
from components.s3 import S3Spec
from components.spec import Spec, drafting
from components.talos import TalosctlSpec, TalosNodeSpec, TofuSpec
from stacks.environment import EnvironmentSpec
from stacks.kept import KeptAtSpec, KeptSpec
from stacks.waivers import WaiverSpec

_STACKS = Path(__file__).parents[1] / "stacks"

LEFT_OUT: Any = object()

S = TypeVar("S", bound=Spec)


def _made(spec: type[S], fields: dict[str, Any], changes: dict[str, Any]) -> S:
    given = {name: value for name, value in (fields | changes).items() if value is not LEFT_OUT}
    return spec(**given)


def edited(name: str, changes: Mapping[str, Any] = {}) -> EnvironmentSpec:
    """Return the environment *name* of `stacks/`, or that of the file *name*, with *changes*.

    These are values by their place, written as `check` writes it: `databases.n8n.backup.method`.
    What is around a place must be there, or the test would test nothing (KeyError). Under
    `drafting` the result is a draft.
    """
    path = Path(name) if name.endswith(".py") else _STACKS / f"{name}.py"
    with drafting():  # a spec that is validated twice does not know its defaults any more
        made = runpy.run_path(str(path))["ENVIRONMENT"]
        for place, value in changes.items():
            made = _changed(made, place.split("."), value)
    return EnvironmentSpec(**vars(made))


def _changed(holder: Any, place: Sequence[str], value: Any) -> Any:
    """Return a draft, or a mapping of them, with *value* at *place* in it."""
    here, *rest = place
    fields = vars(holder) if isinstance(holder, Spec) else holder
    change = {here: _changed(fields[here], rest, value) if rest else value}
    return _made(type(holder), fields, change) if isinstance(holder, Spec) else fields | change


def homelab(changes: Mapping[str, Any] = {}) -> EnvironmentSpec:
    """Return `stacks/homelab.py` with *changes*, as `edited` takes them."""
    return edited("homelab", changes)


def every_choice() -> EnvironmentSpec:
    """Return production, whose database makes every choice that there is."""
    orders = {
        "service": "orders-db",
        "synchronous": SynchronousSpec(
            method="first", durability="preferred", failover_quorum=True
        ),
        "parameters": {"max_connections": "200", "shared_buffers": "2GB"},
        "resources": ResourcesSpec(
            cpu="2",
            cpu_limit="4",
            memory="8Gi",
            memory_limit="12Gi",
            huge_pages="3Gi",
            huge_page_size="1Gi",
        ),
        "placement": PlacementSpec(
            node_selector={"example.org/disk": "nvme"},
            tolerations=["example.org/databases"],
            anti_affinity="required",
            topology_key="example.org/rack",
            zones="preferred",
        ),
        "inherited_metadata": InheritedMetadataSpec(
            labels={"example.org/team": "shop"}, annotations={"example.org/pager": "day, night"}
        ),
        "timers": TimersSpec(
            start="2h",
            stop="20m",
            smart_shutdown="20s",
            switchover="30m",
            failover="5s",
            lease="9s",
        ),
        "databases": {
            "reports_": DatabaseSpec(owner="analyst", extensions=["uuid-ossp", "pg_trgm"]),
        },
        "roles": {
            "analyst": RoleSpec(
                password_secret="analyst", in_roles=["readers"], connection_limit=5
            ),
            "readers": RoleSpec(in_roles=["pg_read_all_data"]),
        },
        "pooler": PoolerSpec(mode="transaction"),
        "replica_pooler": PoolerSpec(
            instances=1,
            default_pool_size=5,
            parameters={"ignore_startup_parameters": "search_path"},
        ),
        "load_balancers": {
            "orders-outside": LoadBalancerSpec(
                hosts=["orders.example.org"],
                source_ranges=["10.0.0.0/8"],
                class_name="example.org/balancer",
                annotations={"external-dns.alpha.kubernetes.io/hostname": "orders.example.org"},
            ),
            "orders-reports": LoadBalancerSpec(
                hosts=["reports.example.org"], source_ranges=["192.168.7.0/24"], reaches="ro"
            ),
        },
        "tablespaces": {
            "cold": TablespaceSpec(storage="100Gi", storage_class="ceph-slow", owner="analyst"),
            "sorts": TablespaceSpec(storage="20Gi", temporary=True),
        },
        "certificates": DatabaseCertificatesSpec(
            server_ca_secret="company-ca", hosts=["orders.route.example.org"]
        ),
        "egress": [EgressSpec(range="203.0.113.0/24", ports=[443, 5432])],
        "generations": [UpgradeSpec(from_major=16)],
        "snapshots": SnapshotsSpec(
            class_name="ceph-block", wal_class_name="ceph-wal", schedule="30 * * * *"
        ),
        "backup.wal_jobs": 8,
        "backup.target": "primary",
        "backup.tags": {"team": "shop"},
        "drills": DrillsSpec(
            storage_class="ceph-wal",
            node_selector={},
            tolerations=["example.org/spare"],
            may_shrink={"public.carts": "a cart lasts a day"},
        ),
    }
    places = {f"databases.orders.{field}": value for field, value in orders.items()}
    return edited("production", places)


def of_postgresql(**changes: Any) -> EnvironmentSpec:
    """Return an environment whose database declares all that can be declared of PostgreSQL."""
    fields: dict[str, Any] = {
        "image": "ghcr.io/cloudnative-pg/postgresql:18.4-system-trixie",
        "image_pull_secrets": ["registry"],
        "shared_preload_libraries": ["pg_prewarm", "timescaledb"],
        "extension_images": {
            "timescaledb": extension_image(
                image="ghcr.io/example/timescaledb:2-18-trixie",
                extension_control_path=["share"],
                dynamic_library_path=["lib"],
                ld_library_path=["system"],
            ),
            "pgvector": extension_image(),
        },
        "parameters": {"timescaledb.max_background_workers": "8", "pgaudit.log": "ddl"},
        "application": application(
            extensions=["timescaledb", "vector"],
            schemas={"sales": "app", "changes": "cdc"},
            post_init_sql=["create table t (id int)", "grant select on t to app"],
        ),
        "databases": {"reports": further(schemas={"sales": "cdc"})},
        "roles": {"cdc": role(password_secret="cdc-login", replication=True)},
        "certificates": own_certificates(
            server_tls_secret="n8n-tls", server_ca_secret="n8n-ca", client_ca_secret="n8n-clients"
        ),
        "pg_hba": ["hostssl replication cdc all scram-sha-256", "host all all all reject"],
        "owner_secret": "owner-login",
        "superuser_access": True,
        "superuser_secret": "superuser-login",
        "backup": backup(server_name="app_v5"),
        "env": {"TZ": "Etc/UTC"},
        "primary_update_method": "switchover",
        "synchronize_logical_decoding": True,
    }
    waived = waiver(
        rule="superuser-stays-inside",
        place="databases.n8n.superuser_access",
        because="the old tool makes its own roles",
    )
    declared = {"n8n": database(**fields | changes)}
    return environment(databases=declared, waivers=[waived])


def restored(changes: Mapping[str, Any] = {}) -> EnvironmentSpec:
    """Return production, whose database was upgraded once and restored three times.

    *changes* are as `edited` takes them.
    """
    orders = {
        "generations": [
            UpgradeSpec(from_major=16),
            RestoreSpec(source=2, time="2026-11-29T10:00:00Z", reason="a lost table"),
            RestoreSpec(source=3, store="offsite", reason="a lost cluster"),
            RestoreSpec(
                source=4, before_xid=777, backup="20261129T020000", reason="a wrong update"
            ),
        ],
        "active": 4,
        "retired": [3],
        "removed": [2],
        "checks": {"orders-are-there": "select count(*) > 1000 from orders"},
        "databases": {"reports": DatabaseSpec(owner="orders")},
        "pooler": PoolerSpec(),
    }
    places = {f"databases.orders.{field}": it for field, it in orders.items()}
    return edited("production", {**places, **changes})


def environment(**changes: Any) -> EnvironmentSpec:
    """Return an environment whose Ceph cluster is there, with one database."""
    fields = {
        "context": "homelab",
        "object_store": object_store(),
        "databases": {"n8n": database()},
    }
    return _made(EnvironmentSpec, fields, changes)


def object_store(**changes: Any) -> ObjectStoreSpec:
    return _made(ObjectStoreSpec, {"name": "s3", "certificate": certificate()}, changes)


def s3(**changes: Any) -> S3Spec:
    """Return an S3 elsewhere, whose certificate a public CA signed."""
    fields = {"endpoint": "https://s3.example.org", "region": "eu-central-1"}
    return _made(S3Spec, fields, changes)


def existing_store(**changes: Any) -> ExistingObjectStoreSpec:
    """Return a CephObjectStore that exists, with a CA of its owner's."""
    return _made(ExistingObjectStoreSpec, {"name": "shared", "ca_secret": "shared-ca"}, changes)


def elsewhere(changes: Mapping[str, Any] = {}) -> EnvironmentSpec:
    """Return homelab with its archive in a folder of an S3 elsewhere, with *changes*."""
    bucket = existing_bucket(path="clusters/homelab")
    return homelab({"object_store": s3(), "databases.n8n.backup.bucket": bucket, **changes})


def certificate(**changes: Any) -> CertificateSpec:
    return _made(CertificateSpec, {"name": "s3-tls", "secret": "s3-tls"}, changes)


def certificates(**changes: Any) -> CertificatesSpec:
    return _made(CertificatesSpec, {}, changes)


def network(**changes: Any) -> NetworkSpec:
    return _made(NetworkSpec, {}, changes)


def prometheus(**changes: Any) -> PrometheusSpec:
    return _made(PrometheusSpec, {}, changes)


def operators(**changes: Any) -> OperatorsSpec:
    return _made(OperatorsSpec, {}, changes)


def kms(**changes: Any) -> KmsSpec:
    fields = {"address": "https://bao.example.org:8200", "token_secret": "bao-token"}
    return _made(KmsSpec, fields, changes)


def database(name: str = "n8n", **changes: Any) -> PostgresSpec:
    """Return the database *name*, in a namespace and a bucket of its own."""
    fields = {
        "namespace": f"{name}-prod",
        "cluster": f"{name}-postgres",
        "database": "app",
        "owner": "app",
        "image": "ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
        "instances": 2,
        "storage": "10Gi",
        "objectives": objectives(),
        "backup": backup(bucket=claim(name)),
    }
    return _made(PostgresSpec, fields, changes)


def upgrade(**changes: Any) -> UpgradeSpec:
    """Return the upgrade to the major version of `database`'s image."""
    return _made(UpgradeSpec, {"from_major": 16}, changes)


def restore(**changes: Any) -> RestoreSpec:
    """Return a restore of the first generation to its end."""
    return _made(RestoreSpec, {"source": 1, "reason": "a lost table"}, changes)


def follow(**changes: Any) -> FollowSpec:
    """Return a generation that follows the first one of the other site."""
    fields = {"server_name": "n8n-north", "reason": "the second site"}
    return _made(FollowSpec, fields, changes)


def site(**changes: Any) -> SiteSpec:
    """Return the other site of a replica: its archive is read from its off-site copy."""
    fields = {
        "role": "replica",
        "server_name": "n8n-north",
        "archive": site_archive(),
        "rpo": "10m",
    }
    return _made(SiteSpec, fields, changes)


def site_archive(**changes: Any) -> SiteArchiveSpec:
    fields = {
        "endpoint": "https://s3.example.org",
        "bucket": "north-copies",
        "folder": "n8n-backups",
        "secret": "north-reader",
    }
    return _made(SiteArchiveSpec, fields, changes)


def following(**changes: Any) -> PostgresSpec:
    """Return the database `n8n` of a second site, which follows that of `site`."""
    fields = {"generations": [follow()], "active": 2, "removed": [1], "site": site()}
    return database(**{**fields, **changes})


def promotion_token(**changes: Any) -> str:
    """Return what CloudNativePG writes in the status of a Cluster that it demoted."""
    content = {
        "latestCheckpointTimelineID": "1",
        "redoWalFile": "000000010000000000000007",
        "databaseSystemIdentifier": "7580000000000000001",
        "latestCheckpointREDOLocation": "0/7000028",
        "timeOfLatestCheckpoint": "Mon Nov 30 10:00:00 2026",
        "operatorVersion": "1.30.0",
    } | changes
    return base64.b64encode(json.dumps(content).encode()).decode()


def import_options(**changes: Any) -> ImportOptionsSpec:
    return _made(ImportOptionsSpec, {}, changes)


def importing(**changes: Any) -> ImportSpec:
    """Return an import of one database from a server outside."""
    usual = {
        "host": "db.example.org",
        "user": "reader",
        "password_secret": "source-login",
        "ca_secret": "source-ca",
        "major": 15,
        "databases": ["shop"],
    }
    return _made(ImportSpec, usual, changes)


def role(**changes: Any) -> RoleSpec:
    return _made(RoleSpec, {"password_secret": "reader-login"}, changes)


def further(**changes: Any) -> DatabaseSpec:
    """Return a database besides the application's."""
    return _made(DatabaseSpec, {"owner": "app"}, changes)


def tablespace(**changes: Any) -> TablespaceSpec:
    return _made(TablespaceSpec, {"storage": "100Gi"}, changes)


def load_balancer(**changes: Any) -> LoadBalancerSpec:
    fields = {"hosts": ["n8n.example.org"], "source_ranges": ["10.0.0.0/8"]}
    return _made(LoadBalancerSpec, fields, changes)


def own_certificates(**changes: Any) -> DatabaseCertificatesSpec:
    """Return no certificates of a database that are made elsewhere, but for *changes*."""
    return _made(DatabaseCertificatesSpec, {}, changes)


def egress(**changes: Any) -> EgressSpec:
    return _made(EgressSpec, {"range": "203.0.113.0/24", "ports": [443]}, changes)


def pooler(**changes: Any) -> PoolerSpec:
    return _made(PoolerSpec, {}, changes)


def application(**changes: Any) -> ApplicationSpec:
    return _made(ApplicationSpec, {}, changes)


def extension_image(**changes: Any) -> ExtensionImageSpec:
    fields = {"image": "ghcr.io/cloudnative-pg/pgvector:0.8.1-18-trixie"}
    return _made(ExtensionImageSpec, fields, changes)


def resources(**changes: Any) -> ResourcesSpec:
    return _made(ResourcesSpec, {"cpu": "2", "memory": "8Gi"}, changes)


def placement(**changes: Any) -> PlacementSpec:
    return _made(PlacementSpec, {}, changes)


def inherited(**changes: Any) -> InheritedMetadataSpec:
    return _made(InheritedMetadataSpec, {}, changes)


def objectives(**changes: Any) -> ObjectivesSpec:
    return _made(ObjectivesSpec, {"rpo": "5m", "rto": "15m"}, changes)


def drills(**changes: Any) -> DrillsSpec:
    return _made(DrillsSpec, {}, changes)


def backup(**changes: Any) -> BackupSpec:
    fields = {"bucket": claim(), "schedule": "0 2 * * *", "retention": "30d"}
    return _made(BackupSpec, fields, changes)


def claim(name: str = "n8n", **changes: Any) -> BucketClaimSpec:
    fields = {"bucket": f"{name}-backups", "claim": f"{name}-backups"}
    return _made(BucketClaimSpec, fields, changes)


def existing_bucket(**changes: Any) -> ExistingBucketSpec:
    return _made(ExistingBucketSpec, {"bucket": "archives", "secret": "archive-keys"}, changes)


def offsite(**changes: Any) -> OffsiteSpec:
    fields = {
        "endpoint": "https://s3.example.org",
        "bucket": "copies",
        "secret": "offsite-keys",
        "rpo": "5m",
        "lock": "31d",
    }
    return _made(OffsiteSpec, fields, changes)


def storage(**changes: Any) -> StorageSpec:
    return _made(StorageSpec, {"disks": every_node()}, changes)


def ceph_resources(**changes: Any) -> CephResourcesSpec:
    return _made(CephResourcesSpec, {}, changes)


def daemon(**changes: Any) -> DaemonSpec:
    return _made(DaemonSpec, {"cpu": "500m", "memory": "4Gi"}, changes)


def ceph_placement(**changes: Any) -> CephPlacementSpec:
    return _made(CephPlacementSpec, {}, changes)


def existing_ceph(**changes: Any) -> ExistingCephSpec:
    fields = {"namespace": "rook-ceph", "image": "quay.io/ceph/ceph:v18.2.7"}
    return _made(ExistingCephSpec, fields, changes)


def every_node(**changes: Any) -> EveryNodeSpec:
    return _made(EveryNodeSpec, {"filter": "^sd[b-z]$"}, changes)


def named_nodes(*names: str, **changes: Any) -> NamedNodesSpec:
    """Return one disk on each of the nodes *names*, three where none is given."""
    nodes = {name: ["sdb"] for name in names or ("w-1", "w-2", "w-3")}
    return _made(NamedNodesSpec, {"nodes": nodes}, changes)


def gitops(**changes: Any) -> GitOpsSpec:
    fields = {"repository": "https://git.example.org/lab.git", "path": "rendered/homelab"}
    return _made(GitOpsSpec, fields, changes)


def talos(**changes: Any) -> TalosctlSpec:
    """Return three control-plane nodes and three workers."""
    nodes = {f"cp-{n}": node(address=f"10.0.0.1{n}", role="control-plane") for n in (1, 2, 3)}
    nodes |= {f"w-{n}": node(address=f"10.0.0.2{n}") for n in (1, 2, 3)}
    return _made(TalosctlSpec, {"nodes": nodes, "bootstrap_node": "cp-1"}, changes)


def node(**changes: Any) -> TalosNodeSpec:
    return _made(TalosNodeSpec, {"address": "10.0.0.21", "role": "worker"}, changes)


def tofu(**changes: Any) -> TofuSpec:
    return _made(TofuSpec, {"folder": "/srv/talos", "control_plane": "10.0.0.11"}, changes)


def kept(**changes: Any) -> KeptSpec:
    """Return where everything is kept that `environment` needs."""
    names = ("pulumi_state", "pulumi_passphrase", "root_ca")
    return _made(KeptSpec, {name: kept_at() for name in names}, changes)


def kept_at(**changes: Any) -> KeptAtSpec:
    # A test may run long after this day; a year is what a hint counts.
    return _made(KeptAtSpec, {"place": "safe, house B", "seen": "2026-11-30"}, changes)


def waiver(**changes: Any) -> WaiverSpec:
    """Return the waiver of two copies in the object store, which needs that fault."""
    fields = {
        "rule": "survives-one-host",
        "place": "object_store.copies",
        "because": "there are only two hosts",
        "until": "2099-12-31",
    }
    return _made(WaiverSpec, fields, changes)
