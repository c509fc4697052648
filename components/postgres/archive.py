"""A database's archive: its base backups and WAL, managed by Barman.

Two methods give the same guarantees: the barman-cloud plugin, and CloudNativePG's own
barmanObjectStore ("in-tree", removed in 1.31) for clusters that have not been migrated yet.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

import pulumi
from pydantic import Field

from components.ceph.buckets import Bucket, BucketSpec
from components.postgres.placement import ResourcesSpec, cpu_thousandths
from components.spec import Spec, cron
from components.spec.rule import Fault, obeys, rule
from components.spec.words import Retention, Schedule

PLUGIN = "barman-cloud.cloudnative-pg.io"

SIDECAR_IMAGE = "ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar:v0.15.0"
"""The plugin's sidecar: Python, boto3 and barman, which the nodes of databases have pulled."""

BOTO3 = [
    # Ceph RGW and others refuse the checksums that boto3 sends from 1.36 on (plugin #393).
    {"name": "AWS_REQUEST_CHECKSUM_CALCULATION", "value": "when_required"},
    {"name": "AWS_RESPONSE_CHECKSUM_VALIDATION", "value": "when_required"},
    # The number of attempts on a busy store depends on the image's botocore: five, or three since
    # its default mode changed. These attempts outlast the restart of a gateway.
    {"name": "AWS_MAX_ATTEMPTS", "value": "6"},
]
"""boto3's settings, as environment variables of every process that uses it."""

WHOLE_SEGMENTS = {"restoreAdditionalCommandArgs": ["--no-partial"]}
"""Part of a store's `wal`: a recovery takes the whole segment, not its `.partial`.

If an archive has both, as after a failover, barman 3.19.1 and 3.20.0 hand PostgreSQL whichever name
sorts first, with zstd, snappy and xz the partial one, or fail on the sidecar's read-only root
(plugin #1113; fixed in barman 3.20.1). barman has the option from 3.11 on.
"""

_MOST_TAGS = 10
_LEAST_SIDECAR_CPU = 200  # thousandths of a core
_SIDECAR_BASE, _SIDECAR_PROCESS, _SIDECAR_LEAST = 256, 96, 1024  # MiB


@rule("value", was="T230")
def archive_tags_are_valid(tags: Mapping[str, str]) -> Iterator[Fault]:
    """Tags are valid S3 object tags.

    S3 accepts ten, with keys of 128 and values of 256 characters, of letters, digits, spaces and
    `+-=._:/@` (S3, "Object tagging"); a comma would end the value in barman's `--tags`. Each upload
    with others is refused.
    """
    if len(tags) > _MOST_TAGS:
        yield Fault(f"{len(tags)} tags are more than S3 accepts; write at most {_MOST_TAGS}")
    for key, value in tags.items():
        if not re.fullmatch(r"[A-Za-z0-9 +\-=._:/@]{1,128}", key):
            yield Fault(f"'{key}' is not a tag key; write 1 to 128 letters, digits and '-_./:@+='")
        elif not re.fullmatch(r"[A-Za-z0-9 +\-=._:/@]{0,256}", value):
            yield Fault(
                f"'{value}' is not a tag value; write at most 256 letters, digits and '-_./:@+='"
            )


class BackupSpec(Spec):
    """Base backups and WAL archiving of one database."""

    bucket: BucketSpec
    """Where the archive is."""

    schedule: Schedule
    """When base backups are made, in UTC; one more is made at creation."""

    retention: Retention
    """How far back recovery must reach. The archive keeps one schedule interval more."""

    method: Literal["plugin", "in-tree"] = "plugin"
    """The barman-cloud plugin, or CloudNativePG's deprecated barmanObjectStore."""

    data_compression: Literal["bzip2", "gzip", "lz4", "snappy"] | None = None
    """Compression of base backups. None: lz4 with the plugin, which ran at 41 to 65 MB/s, gzip at
    4; snappy in-tree, as the image's Barman knows lz4 only from 3.18.0 on."""

    wal_compression: Literal["bzip2", "gzip", "lz4", "snappy", "xz", "zstd"] | None = None
    """Compression of WAL segments. None: zstd with the plugin; it compressed the same data to 44
    MB, gzip to 53 and lz4 to 106, and archiving a segment takes equally long with each. gzip
    in-tree, which each Barman knows and restores right. (Both methods support two more than for
    base backups.)"""

    jobs: int = Field(default=2, ge=1, le=32)
    """Parallel uploads of a base backup."""

    wal_jobs: int = Field(default=1, ge=1, le=32)
    """WAL segments that are archived in parallel while some wait, and prefetched in parallel in a
    recovery (`maxParallel`). Each needs a Barman process of a second or more, whatever its content,
    so on a node with spare cores a higher number lets a busy archive catch up and shortens a
    recovery of much WAL. One: on two cores, four made restores of small databases 10 to 90 %
    longer, as segments prefetched beyond the end are wasted (measured)."""

    target: Literal["prefer-standby", "primary"] = "prefer-standby"
    """The instance that a base backup reads. 'prefer-standby': the most advanced replica, so that
    the primary's disk serves clients; the primary if there is no replica. 'primary': always the
    primary, for a database so quiet that a replica would wait long for the WAL that ends the
    backup."""

    tags: Annotated[Mapping[str, str], obeys(archive_tags_are_valid)] = {}
    """S3 tags of every object in the archive, for the store's accounting and lifecycle rules."""

    encryption: Literal["AES256"] | None = None
    """Encryption at rest by the object store (SSE-S3); needs its `kms`. None means that anyone who
    can read the disks under the store can read the archive, unless the disks themselves are
    encrypted. It is always encrypted in transit."""

    @property
    def data_format(self) -> str:
        """The compression of base backups that is declared, or the method's own."""
        return self.data_compression or ("lz4" if self.method == "plugin" else "snappy")

    @property
    def wal_format(self) -> str:
        """The compression of WAL that is declared, or the method's own."""
        return self.wal_compression or ("zstd" if self.method == "plugin" else "gzip")


def plugin_archiving(server_name: str, store: pulumi.Input[str]) -> dict[str, Any]:
    """Return the part of `Cluster.spec` that archives through the plugin.

    `isWALArchiver` is false by default, and then WAL is silently dropped if the plugin is missing;
    `serverName` defaults to the cluster's name.
    """
    return {
        "plugins": [
            {
                "name": PLUGIN,
                "enabled": True,
                "isWALArchiver": True,
                "parameters": {"barmanObjectName": store, "serverName": server_name},
            }
        ]
    }


def in_tree_archiving(
    server_name: str, backup: BackupSpec, configuration: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the part of `Cluster.spec` that archives through barmanObjectStore."""
    return {
        "backup": {
            "barmanObjectStore": {**configuration, "serverName": server_name},
            "retentionPolicy": backup.retention,
        },
        "env": BOTO3,
    }


def object_store(
    backup: BackupSpec, archive: Bucket, database: ResourcesSpec | None
) -> Mapping[str, Any]:
    """Return the plugin's `ObjectStore.spec`; *database* is what the instances reserve."""
    return {
        "configuration": barman(backup, archive),
        "retentionPolicy": backup.retention,
        "instanceSidecarConfiguration": sidecar(backup, database),
    }


def sidecar(backup: BackupSpec, database: ResourcesSpec | None) -> dict[str, Any]:
    """Return the `instanceSidecarConfiguration` of an ObjectStore."""
    return {
        "env": BOTO3,
        "resources": {
            "requests": {"cpu": sidecar_cpu(database), "memory": "256Mi"},
            "limits": {"memory": sidecar_memory(backup)},
        },
    }


def sidecar_cpu(database: ResourcesSpec | None) -> str:
    """Return the CPU that the sidecar reserves: half of what its database reserves.

    Under load the two share the pod's CPU in proportion to what they reserve. With 200m next to a
    database's 2 cores the archiver gets a tenth, 2.7 MB/s, and WAL piles up; with half it gets a
    third (measured).
    """
    half = cpu_thousandths(database.cpu) // 2 if database else 0
    return f"{max(half, _LEAST_SIDECAR_CPU)}m"


def sidecar_memory(backup: BackupSpec) -> str:
    """Return the memory limit of the sidecar, which archives WAL during a base backup too.

    A Barman process takes up to 82 MiB with zstd (measured), and each of `wal_jobs` and `jobs` is
    one. The minimum is above the plugin's default: a 38 MB database peaked at 254 MiB in a base
    backup, and a restore of under 1 GB was killed at 512 MiB (cozystack #4220, otaru #2728).
    """
    needed = _SIDECAR_BASE + barman_megabytes(backup)
    return "1Gi" if needed <= _SIDECAR_LEAST else f"{needed}Mi"


def barman_megabytes(backup: BackupSpec) -> int:
    """Return the MiB that Barman's processes take while WAL is archived during a base backup."""
    return _SIDECAR_PROCESS * (backup.wal_jobs + backup.jobs)


def barman(backup: BackupSpec, archive: Bucket) -> dict[str, Any]:
    """Return barman's configuration, the same for both methods.

    Without `endpointCA` barman verifies against public CAs and every upload fails. The CRD refuses
    an empty `encryption`: it is left out.
    """
    encryption = {"encryption": backup.encryption} if backup.encryption else {}
    tags = {"tags": dict(backup.tags)} if backup.tags else {}
    parallel = {"maxParallel": backup.wal_jobs} if backup.wal_jobs > 1 else {}
    return {
        "destinationPath": pulumi.Output.concat("s3://", archive.name, "/"),
        "endpointURL": archive.endpoint,
        "endpointCA": {"name": archive.ca.secret, "key": archive.ca.key},
        "s3Credentials": {
            "accessKeyId": {"name": archive.secret, "key": archive.access_key},
            "secretAccessKey": {"name": archive.secret, "key": archive.secret_key},
        },
        "wal": {"compression": backup.wal_format} | WHOLE_SEGMENTS | parallel | encryption,
        "data": {"compression": backup.data_format, "jobs": backup.jobs} | encryption,
    } | tags


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
        "target": backup.target,
        "cluster": {"name": cluster},
    } | method
