"""A database's archive: its base backups and WAL, managed by Barman.

Two methods give the same guarantees: the barman-cloud plugin, and CloudNativePG's own
barmanObjectStore ("in-tree", removed in 1.31) for clusters that have not been migrated yet.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, TypeAlias, get_args

import pulumi
from pydantic import Field

from components.ceph.buckets import Bucket, BucketSpec, prefix_of
from components.s3 import ANY_REGION
from components.spec import Spec, cron
from components.spec.rule import Fault, obeys, rule
from components.spec.words import Retention, Schedule

PLUGIN = "barman-cloud.cloudnative-pg.io"

BOTO3 = [
    # Ceph RGW and others refuse the checksums that boto3 sends from 1.36 on (plugin #393).
    {"name": "AWS_REQUEST_CHECKSUM_CALCULATION", "value": "when_required"},
    {"name": "AWS_RESPONSE_CHECKSUM_VALIDATION", "value": "when_required"},
    # The number of attempts on a busy store depends on the image's botocore: five, or three since
    # its default mode changed. These attempts outlast the restart of a gateway.
    {"name": "AWS_MAX_ATTEMPTS", "value": "6"},
]
"""boto3's settings, as environment variables of every process that uses it."""


def boto3(region: str) -> list[dict[str, str]]:
    """Return boto3's settings for a store in a region.

    `s3Credentials.region` is for a Secret, which nothing else here needs; Barman reads the same
    variable from it (barman-cloud, credentials/env.go, v0.5.2).
    """
    named = [] if region == ANY_REGION else [{"name": "AWS_DEFAULT_REGION", "value": region}]
    return BOTO3 + named


SPOOL = "/controller/wal-restore-spool"
"""Where the plugin looks for a segment before it asks Barman (lifecycle.go, v0.15.0)."""

_MOST_TAGS = 10
_MOST_FETCHED, _MOST_SPOOLED = 16, 512  # segments, MiB

SEGMENT = 16
"""PostgreSQL's WAL segment, in MiB (initdb --wal-segsize), which CloudNativePG does not change."""

SegmentSize: TypeAlias = Literal[16, 32, 64, 128]
SEGMENTS: tuple[SegmentSize, ...] = get_args(SegmentSize)
"""The sizes that may be declared, in MiB."""

LEVELS: Mapping[str, tuple[int, int]] = {
    "bzip2": (1, 9),
    "gzip": (1, 9),
    "lz4": (1, 16),
    "xz": (1, 9),
    "zstd": (1, 22),
}
"""The compression levels that Barman takes; beyond them it takes the nearest (compression.py)."""

_CHEAP = {"lz4", "zstd"}
"""What tier0 compresses at level 1: half of the CPU of Barman's own or less, at up to a third more
bytes (measured)."""


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


@rule("value")
def archive_folder_is_plain(value: str) -> Iterator[Fault]:
    """The folder of an archive is one name of letters, digits, '-', '_' and '.'.

    It is a part of each object's key and of a file's path (plugin config.go, v0.15.0), and the name
    of an external cluster in a recovery, which CloudNativePG refuses with others
    (cluster_webhook.go, isUnsafePathComponent).
    """
    if not re.fullmatch(r"[A-Za-z0-9][-A-Za-z0-9_.]{0,62}", value):
        yield Fault(
            f"'{value}' is not a server name; write letters, digits, '-', '_' and '.', first a "
            "letter or digit"
        )


class BackupSpec(Spec):
    """Base backups and WAL archiving of one database."""

    bucket: BucketSpec
    """Where the archive is."""

    server_name: Annotated[str, obeys(archive_folder_is_plain)] | None = None
    """The folder of the first generation's archive (Barman's server name), of an existing
    Cluster, like 'app-v5'. None: the Cluster's name. It cannot be changed, and a new
    Cluster is refused a folder that has an archive. Later generations have their own folders."""

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

    wal_level: int | None = Field(default=None, ge=1, le=22)
    """Compression level of WAL segments (`--compression-level`, Barman 3.14 and later). None: 1 for
    zstd and lz4 with the plugin, at which a segment of 64 MiB is archived with half of the CPU of
    Barman's own level, and needs up to a third more space (measured); Barman's own for the others,
    and in-tree."""

    wal_jobs: int = Field(default=1, ge=1, le=32)
    """WAL segments that are archived in parallel while some wait, and prefetched in parallel in a
    recovery (`maxParallel`), each by a Barman process. With the sidecar's share of a busy node four
    archived no faster than one (measured): larger segments do (`wal_segment`)."""

    wal_fetch: int | None = Field(default=None, ge=1, le=32)
    """WAL segments that one Barman process fetches at once in a recovery, the next ones into a
    folder of the sidecar (`--parallel`, Barman 3.19 and later). 1: one at a time. None: 16, but at
    most 512 MiB of them; 1 with `wal_jobs` above 1, and in-tree, as CloudNativePG 1.30.0 ignores it
    there."""

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
    def place(self) -> str:
        """The bucket, with the path in it; the server name below it is the archive's folder."""
        return f"{self.bucket.bucket}/{prefix_of(self.bucket)}".removesuffix("/")

    @property
    def data_format(self) -> str:
        """The compression of base backups that is declared, or the method's own."""
        return self.data_compression or ("lz4" if self.method == "plugin" else "snappy")

    @property
    def wal_format(self) -> str:
        """The compression of WAL that is declared, or the method's own."""
        return self.wal_compression or ("zstd" if self.method == "plugin" else "gzip")

    @property
    def level(self) -> int | None:
        """The compression level of WAL that is declared, or tier0's own; None: Barman's."""
        if self.wal_level is not None or self.method == "in-tree":
            return self.wal_level
        return 1 if self.wal_format in _CHEAP else None

    def fetched(self, segment: int) -> int:
        """Return how many WAL segments of *segment* MiB a recovery fetches at once."""
        if self.wal_fetch is not None:
            return self.wal_fetch
        if self.method == "in-tree" or self.wal_jobs > 1:
            return 1
        return min(_MOST_FETCHED, _MOST_SPOOLED // segment)

    @rule("spec")
    def wal_level_fits_compression(self) -> Iterator[Fault]:
        """The compression of WAL has the level that is declared.

        Barman takes the nearest level where it has levels, with a warning in a log (compression.py,
        3.20.0), and ignores it with snappy.
        """
        if self.wal_level is None:
            return
        least, most = LEVELS.get(self.wal_format, (1, 0))
        if least > most:
            yield Fault(f"{self.wal_format} has no levels; leave it out", ("wal_level",))
        elif not least <= self.wal_level <= most:
            yield Fault(
                f"{self.wal_level} is not a level of {self.wal_format}; write {least} to {most}",
                ("wal_level",),
            )

    @rule("spec")
    def wal_is_prefetched_once(self) -> Iterator[Fault]:
        """WAL is prefetched in one way, and only where it is obeyed.

        With both each of `wal_jobs` processes fetches `wal_fetch` segments, and two write the same
        file. CloudNativePG 1.30.0 starts in-tree recoveries without Barman's further arguments
        (restore.go, getRestoreWalConfig; fixed in 1.30.1).
        """
        if self.wal_fetch is None or self.wal_fetch == 1:
            return
        if self.method == "in-tree":
            yield Fault(
                "with method 'in-tree' recoveries fetch one segment at a time; write 1 or leave it "
                "out",
                ("wal_fetch",),
            )
        elif self.wal_jobs > 1:
            yield Fault(
                f"each of {self.wal_jobs} wal_jobs would fetch {self.wal_fetch} segments; leave "
                "wal_jobs out, or write 1",
                ("wal_fetch",),
            )


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
    server_name: str, backup: BackupSpec, configuration: Mapping[str, Any], region: str
) -> dict[str, Any]:
    """Return the part of `Cluster.spec` that archives through barmanObjectStore."""
    return {
        "backup": {
            "barmanObjectStore": {**configuration, "serverName": server_name},
            "retentionPolicy": backup.retention,
        },
        "env": boto3(region),
    }


def wal_archiving(backup: BackupSpec) -> dict[str, Any]:
    """Return the part of a store's `wal` that says how segments are archived."""
    level = backup.level
    arguments = (
        {} if level is None else {"archiveAdditionalCommandArgs": [f"--compression-level={level}"]}
    )
    return {"compression": backup.wal_format} | arguments


def wal_restoring(backup: BackupSpec, segment: int, *, partial: bool = False) -> dict[str, Any]:
    """Return the part of a store's `wal` that says how segments of *segment* MiB are restored.

    A recovery takes the whole segment, not its `.partial`. If an archive has both, as after a
    failover, barman 3.19.1 and 3.20.0 hand PostgreSQL whichever name sorts first, with zstd, snappy
    and xz the partial one, or fail on the sidecar's read-only root (plugin #1113; fixed in barman
    3.20.1). barman has the option from 3.11 on. With *partial* it may be one, where the other site
    of a database demotes its primary: then both are fetched, the second into a folder that is
    writable.

    Each process costs about a second of CPU, whatever it fetches. One that fetches the next ones
    too lists the folder once and takes those that exist, so that none is asked for beyond the end,
    and leaves them where the plugin looks first.
    """
    arguments, count = [] if partial else ["--no-partial"], backup.fetched(segment)
    if count > 1:
        arguments.append(f"--parallel={count}")
    if count > 1 or partial:
        arguments.append(f"--spool-dir={SPOOL}")
    parallel = {"maxParallel": backup.wal_jobs} if backup.wal_jobs > 1 else {}
    return {"restoreAdditionalCommandArgs": arguments} | parallel


def barman(backup: BackupSpec, archive: Bucket, segment: int) -> dict[str, Any]:
    """Return barman's configuration, the same for both methods.

    Without `endpointCA` barman verifies against public CAs, and every upload to a store with
    another one fails. The CRD refuses an empty `encryption`: it is left out.
    """
    ca = archive.ca
    trusted = {"endpointCA": {"name": ca.secret, "key": ca.key}} if ca else {}
    encryption = {"encryption": backup.encryption} if backup.encryption else {}
    tags = {"tags": dict(backup.tags)} if backup.tags else {}
    return {
        "destinationPath": pulumi.Output.concat("s3://", archive.name, "/", archive.prefix),
        "endpointURL": archive.endpoint,
        **trusted,
        "s3Credentials": {
            "accessKeyId": {"name": archive.secret, "key": archive.access_key},
            "secretAccessKey": {"name": archive.secret, "key": archive.secret_key},
        },
        "wal": wal_archiving(backup) | wal_restoring(backup, segment) | encryption,
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
