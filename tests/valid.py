"""Specs that are sound, for the tests that break one thing.

Each function takes the fields that are to be others, right or wrong: whether they are is not for
a type checker to say here. A field that is LEFT_OUT is not given at all.
"""

from typing import Any, TypeVar

from components.ceph.buckets import BucketClaimSpec, ExistingBucketSpec
from components.ceph.cluster import ExistingCephSpec, StorageSpec
from components.ceph.disks import EveryNodeSpec, NamedNodesSpec
from components.ceph.object_store import KmsSpec, ObjectStoreSpec
from components.certificates import CertificateSpec, CertificatesSpec
from components.gitops import GitOpsSpec
from components.offsite import OffsiteSpec
from components.operators import OperatorsSpec
from components.postgres import PostgresSpec
from components.postgres.archive import BackupSpec
from components.postgres.network import NetworkSpec
from components.postgres.objectives import ObjectivesSpec
from components.postgres.placement import ResourcesSpec
from components.spec import Spec
from components.talos import TalosctlSpec, TalosNodeSpec, TofuSpec
from stacks.environment import EnvironmentSpec
from stacks.waivers import WaiverSpec

LEFT_OUT: Any = object()

S = TypeVar("S", bound=Spec)


def _made(spec: type[S], fields: dict[str, Any], changes: dict[str, Any]) -> S:
    given = {name: value for name, value in (fields | changes).items() if value is not LEFT_OUT}
    return spec(**given)


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


def certificate(**changes: Any) -> CertificateSpec:
    return _made(CertificateSpec, {"name": "s3-tls", "secret": "s3-tls"}, changes)


def certificates(**changes: Any) -> CertificatesSpec:
    return _made(CertificatesSpec, {}, changes)


def network(**changes: Any) -> NetworkSpec:
    return _made(NetworkSpec, {}, changes)


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


def resources(**changes: Any) -> ResourcesSpec:
    return _made(ResourcesSpec, {"cpu": "2", "memory": "8Gi"}, changes)


def objectives(**changes: Any) -> ObjectivesSpec:
    return _made(ObjectivesSpec, {"rpo": "5m", "rto": "15m"}, changes)


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


def waiver(**changes: Any) -> WaiverSpec:
    """Return the waiver of two copies in the object store, which needs that fault."""
    fields = {
        "rule": "survives-one-host",
        "place": "object_store.copies",
        "because": "there are only two hosts",
        "until": "2099-12-31",
    }
    return _made(WaiverSpec, fields, changes)
