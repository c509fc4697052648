"""A database's archive: its base backups and WAL, managed by Barman.

Two methods give the same guarantees: the barman-cloud plugin, and CloudNativePG's own
barmanObjectStore ("in-tree", removed in 1.31) for clusters that have not been migrated yet.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import Field

from components.ceph.buckets import BucketSpec, prefix_of
from components.spec import Spec
from components.spec.rule import Fault, obeys, rule
from components.spec.words import Retention, Schedule

PLUGIN = "barman-cloud.cloudnative-pg.io"

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
