"""A PostgreSQL cluster of CloudNativePG that archives from its first second.

Archiving is not an option: a database without an archive cannot keep a declared RPO. Two methods
give the same promises: the barman-cloud plugin, and CloudNativePG's own barmanObjectStore
("in-tree", removed in 1.31) for clusters that have not been migrated yet.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, Self

import pulumi
import pulumi_kubernetes as kubernetes
from pydantic import Field, field_validator, model_validator

from components import cron, kube
from components.certificates import Ca
from components.kube import CustomResource
from components.object_store import Bucket, BucketSpec, Store, bucket
from components.spec import (
    ClusterName,
    Duration,
    Identifier,
    Image,
    Name,
    Quantity,
    Retention,
    Schedule,
    Spec,
    fault,
    retention_days,
    seconds,
)

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import ServiceSpecArgsDict

PLUGIN = "barman-cloud.cloudnative-pg.io"
PORT = 5432

SMART_SHUTDOWN_SECONDS = 15
"""How long a planned stop waits for clients to leave by themselves, then it sends them away.

Meanwhile new connections are refused while old ones stay, so an application with a pool is half
served: CloudNativePG's default of 180 s would be that long an outage at each planned restart of a
single instance (198 s measured, 18 of them work).
"""

UPLOAD_ALLOWANCE_SECONDS = 60
"""What is left of the RPO for compressing and uploading the last WAL segment."""

LEAST_ARCHIVE_TIMEOUT_SECONDS = 30
"""Below this a quiet database would archive thousands of nearly empty 16 MiB segments a day."""

# Ceph RGW and others refuse the checksums that boto3 sends from 1.36 on (plugin #393).
CHECKSUMS = [
    {"name": "AWS_REQUEST_CHECKSUM_CALCULATION", "value": "when_required"},
    {"name": "AWS_RESPONSE_CHECKSUM_VALIDATION", "value": "when_required"},
]


class ObjectivesSpec(Spec):
    """How much may be lost, and for how long."""

    rpo: Duration
    """Recovery point objective: the most time whose commits may be lost with the whole cluster."""

    rto: Duration
    """Recovery time objective: the longest time until the restored database answers."""

    @field_validator("rpo")
    @classmethod
    def _can_be_kept(cls, rpo: str) -> str:
        least = UPLOAD_ALLOWANCE_SECONDS + LEAST_ARCHIVE_TIMEOUT_SECONDS
        if seconds(rpo) < least:
            raise fault(
                "T202",
                f"'{rpo}' is less than archiving can keep ({LEAST_ARCHIVE_TIMEOUT_SECONDS} s "
                f"between WAL segments, {UPLOAD_ALLOWANCE_SECONDS} s to upload one); "
                f"write at least '{least}s'",
            )
        return rpo

    @property
    def archive_timeout_seconds(self) -> int:
        """The longest a WAL segment with changes stays unarchived: the RPO less its upload."""
        return seconds(self.rpo) - UPLOAD_ALLOWANCE_SECONDS


class BackupSpec(Spec):
    """Base backups and WAL archiving of one database."""

    bucket: BucketSpec
    """Where the archive is."""

    schedule: Schedule
    """When a base backup is made, in UTC; one more is made at creation."""

    retention: Retention
    """How far back recovery must reach. The archive holds this and one schedule interval more."""

    method: Literal["plugin", "in-tree"] = "plugin"
    """The barman-cloud plugin, or CloudNativePG's deprecated barmanObjectStore."""

    data_compression: Literal["bzip2", "gzip", "lz4", "snappy"] = "lz4"
    """Compression of base backups. lz4: gzip ran at 4 MB/s where lz4 ran at 41 to 65."""

    wal_compression: Literal["bzip2", "gzip", "lz4", "snappy", "xz", "zstd"] = "zstd"
    """Compression of WAL segments."""

    jobs: int = Field(default=2, ge=1, le=32)
    """Parallel uploads of a base backup."""

    encryption: Literal["AES256"] | None = None
    """Encryption at rest by the object store (SSE-S3); needs its `kms`. None means that whoever
    can read the disks under the store reads the archive, unless the disks are encrypted
    themselves; it is encrypted on the way in either case."""

    @model_validator(mode="after")
    def _retention_spans_two_backups(self) -> Self:
        gap = cron.longest_gap(self.schedule)
        if timedelta(days=retention_days(self.retention)) < 2 * gap:
            raise fault(
                "T203",
                f"retention '{self.retention}' is less than two intervals of schedule "
                f"'{self.schedule}', so one failed backup would leave none in the window; "
                f"write at least '{-(-2 * gap // timedelta(days=1))}d'",
            )
        return self


class PostgresSpec(Spec):
    """A PostgreSQL cluster, its application database and its archive."""

    namespace: Name
    """Namespace; made by tier0."""

    cluster: ClusterName
    """Name of the CloudNativePG Cluster, of the Service that always reaches its primary, and of
    its place in the archive (the server name)."""

    database: Identifier
    """The application's database."""

    owner: Identifier
    """The role that owns it; its password is in the Secret `<cluster>-app`."""

    image: Image
    """PostgreSQL's image."""

    instances: int = Field(ge=1, le=9)
    """One primary and its replicas."""

    synchronous: Literal["preferred", "required"] | None = None
    """Whether a commit is acknowledged only when a replica has it too, which costs each commit a
    round trip. None: it is not; a failover loses what no replica had received. 'required': always;
    a failover loses nothing, but writes stop while every replica is away, and one is promoted only
    while all of them answer. 'preferred': while a replica is ready; writes go on without one, and
    what is written then is lost with the primary."""

    storage: Quantity
    """Size of each instance's volume. It must hold the WAL of the longest outage of the object
    store that is to be survived."""

    storage_class: Name | None = None
    """StorageClass of the volumes; none means the cluster's default."""

    clients: Sequence[Name] = ()
    """Namespaces whose pods may connect, beside those of its own, where a network plugin enforces
    policies; to any database of the namespace, for a password still decides which."""

    objectives: ObjectivesSpec
    """How much may be lost, and for how long."""

    backup: BackupSpec
    """Its archive."""

    @model_validator(mode="after")
    def _image_can_archive_in_tree(self) -> Self:
        if self.backup.method == "in-tree" and "-system-" not in self.image:
            raise fault(
                "T204",
                f"method 'in-tree' needs barman inside the image and '{self.image}' has none; "
                "write a '-system-' image or method 'plugin'",
            )
        return self

    @model_validator(mode="after")
    def _synchronous_has_a_replica(self) -> Self:
        if self.synchronous and self.instances == 1:
            raise fault(
                "T205",
                f"synchronous '{self.synchronous}' with 1 instance has no replica to wait for; "
                "write 3 instances or leave synchronous out",
            )
        return self

    @model_validator(mode="after")
    def _writes_outlast_a_replica(self) -> Self:
        if self.synchronous == "required" and self.instances == 2:  # noqa: PLR2004 - one replica
            raise fault(
                "T206",
                "synchronous 'required' with 2 instances stops writes whenever the replica is "
                "away; write 3 instances or 'preferred'",
            )
        return self

    @property
    def server_name(self) -> str:
        """The archive's folder in the bucket. Each generation of the database has its own."""
        return self.cluster

    @property
    def host(self) -> str:
        """The name that always reaches the primary, and is in the server's certificate."""
        return f"{self.cluster}.{self.namespace}.svc"

    @property
    def archive(self) -> str:
        """URL of the archive."""
        return f"s3://{self.backup.bucket.bucket}/{self.server_name}/"


class PostgresCluster(pulumi.ComponentResource):
    """A Cluster, its bucket, its ObjectStore (plugin), its ScheduledBackup and its Service."""

    host: pulumi.Output[str]
    """The name that always reaches the primary."""

    def __init__(
        self,
        name: str,
        spec: PostgresSpec,
        *,
        namespace: pulumi.Input[str],
        store: Store,
        ca: Ca,
        keep: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("tier0:postgres:PostgresCluster", name, opts=opts)
        archive = bucket(
            name,
            spec.backup.bucket,
            parent=self,
            namespace=namespace,
            store=store,
            ca=ca,
            keep=keep,
        )
        if spec.backup.method == "plugin":
            barman_store = CustomResource(
                f"{name}-store",
                parent=self,
                api_version="barmancloud.cnpg.io/v1",
                kind="ObjectStore",
                name=spec.cluster,
                namespace=namespace,
                spec=object_store(spec.backup, archive),
                keep=keep,
            )
            archiving = plugin_archiving(spec, kube.once_made(barman_store))
        else:
            archiving = in_tree_archiving(spec, archive)
        cluster = CustomResource(
            f"{name}-cluster",
            parent=self,
            api_version="postgresql.cnpg.io/v1",
            kind="Cluster",
            name=spec.cluster,
            namespace=namespace,
            spec=cluster_spec(spec) | archiving,
            # Ready alone says nothing of the archive: a cluster is healthy while every WAL
            # segment is refused (CloudNativePG #6137).
            ready='["condition=Ready","condition=ContinuousArchiving"]',
            keep=keep,
        )
        CustomResource(
            f"{name}-backup",
            parent=self,
            api_version="postgresql.cnpg.io/v1",
            kind="ScheduledBackup",
            name=f"{spec.cluster}-backup",
            namespace=namespace,
            spec=scheduled_backup(spec.backup, cluster.name),
        )
        service = kubernetes.core.v1.Service(
            f"{name}-service",
            metadata=kube.metadata(spec.cluster, namespace),
            spec=primary_service(cluster.name),
            opts=kube.child(self),
        )
        self.host = service.metadata["name"].apply(lambda _: spec.host)


def cluster_spec(spec: PostgresSpec) -> dict[str, Any]:
    """Return `Cluster.spec` without its archiving."""
    storage = {"size": spec.storage}
    if spec.storage_class:
        storage["storageClass"] = spec.storage_class
    return {
        "instances": spec.instances,
        "imageName": spec.image,
        "storage": storage,
        "smartShutdownTimeout": SMART_SHUTDOWN_SECONDS,
        "enableSuperuserAccess": False,
        "bootstrap": {
            "initdb": {"database": spec.database, "owner": spec.owner, "dataChecksums": True}
        },
        "certificates": {"serverAltDNSNames": [spec.host, f"{spec.host}.cluster.local"]},
        "postgresql": {
            "parameters": {"archive_timeout": f"{spec.objectives.archive_timeout_seconds}s"}
        }
        | synchronous(spec),
    }


def synchronous(spec: PostgresSpec) -> dict[str, Any]:
    """Return the part of `Cluster.spec.postgresql` that makes commits wait for one replica.

    Which replica that was is not known: without `failoverQuorum` the operator promotes what
    answers, and where only one does, that may be the other.
    """
    if spec.synchronous is None:
        return {}
    return {
        "synchronous": {
            "method": "any",
            "number": 1,
            "dataDurability": spec.synchronous,
            "failoverQuorum": spec.synchronous == "required",
        }
    }


def plugin_archiving(spec: PostgresSpec, store: pulumi.Input[str]) -> dict[str, Any]:
    """Return the part of `Cluster.spec` that archives through the plugin.

    `isWALArchiver` is false by default, and then WAL is dropped in silence where the plugin is
    missing; `serverName` would be the cluster's name.
    """
    return {
        "plugins": [
            {
                "name": PLUGIN,
                "enabled": True,
                "isWALArchiver": True,
                "parameters": {"barmanObjectName": store, "serverName": spec.server_name},
            }
        ]
    }


def in_tree_archiving(spec: PostgresSpec, archive: Bucket) -> dict[str, Any]:
    """Return the part of `Cluster.spec` that archives through barmanObjectStore."""
    return {
        "backup": {
            "barmanObjectStore": barman(spec.backup, archive) | {"serverName": spec.server_name},
            "retentionPolicy": spec.backup.retention,
        },
        "env": CHECKSUMS,
    }


def object_store(backup: BackupSpec, archive: Bucket) -> Mapping[str, Any]:
    """Return `ObjectStore.spec` of the plugin.

    The sidecar needs more memory than its default: a 38 MB database peaked at 254 MiB in a base
    backup, and a restore of under 1 GB was killed at 512 MiB (cozystack #4220, otaru #2728).
    """
    return {
        "configuration": barman(backup, archive),
        "retentionPolicy": backup.retention,
        "instanceSidecarConfiguration": {
            "env": CHECKSUMS,
            "resources": {
                "requests": {"cpu": "200m", "memory": "256Mi"},
                "limits": {"memory": "1Gi"},
            },
        },
    }


def barman(backup: BackupSpec, archive: Bucket) -> dict[str, Any]:
    """Return barman's configuration, the same for both methods.

    Without `endpointCA` barman verifies against public CAs and every upload fails. An empty
    `encryption` is refused by the CRD: it is left out.
    """
    encryption = {"encryption": backup.encryption} if backup.encryption else {}
    return {
        "destinationPath": pulumi.Output.concat("s3://", archive.name, "/"),
        "endpointURL": archive.endpoint,
        "endpointCA": {"name": archive.ca.secret, "key": archive.ca.key},
        "s3Credentials": {
            "accessKeyId": {"name": archive.secret, "key": archive.access_key},
            "secretAccessKey": {"name": archive.secret, "key": archive.secret_key},
        },
        "wal": {"compression": backup.wal_compression} | encryption,
        "data": {"compression": backup.data_compression, "jobs": backup.jobs} | encryption,
    }


def scheduled_backup(backup: BackupSpec, cluster: pulumi.Input[str]) -> Mapping[str, Any]:
    """Return `ScheduledBackup.spec`."""
    method = (
        {"method": "plugin", "pluginConfiguration": {"name": PLUGIN}}
        if backup.method == "plugin"
        else {"method": "barmanObjectStore"}
    )
    return {
        "schedule": cron.six_fields(backup.schedule),
        "immediate": True,
        "target": "prefer-standby",
        "cluster": {"name": cluster},
    } | method


def primary_service(cluster: pulumi.Input[str]) -> "ServiceSpecArgsDict":
    """Return the `spec` of a Service that reaches the primary of *cluster*."""
    return {
        "type": "ClusterIP",
        "ports": [{"name": "postgres", "port": PORT, "target_port": PORT, "protocol": "TCP"}],
        "selector": {"cnpg.io/cluster": cluster, "cnpg.io/instanceRole": "primary"},
    }
