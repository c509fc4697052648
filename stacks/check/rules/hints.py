"""Hints: what a database's choices cost, as measured. A hint fails nothing.

`python -m stacks check` does not print them; `plan` does, by hints().
"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from components.ceph.buckets import BucketClaimSpec
from components.ceph.spec import StorageSpec
from components.postgres.archiver import replay_seconds
from components.spec import cron
from components.spec.rule import Fault, of, rule
from components.spec.words import retention_days, seconds, size_bytes
from stacks.check.rules.measured import (
    BACKUP_BYTES_PER_SECOND,
    backup_seconds,
    faster_format,
    restore_seconds,
    spoken,
)
from stacks.environment import EnvironmentSpec
from stacks.waivers import Broken

_AT_ONCE = 4
"""The number of databases with a base backup in the same minute from which a hint is given."""


def hints(environment: EnvironmentSpec) -> Iterator[Broken]:
    """Yield what the choices in *environment* cost."""
    for it in of("hint"):
        for found in it.find(environment):
            yield Broken(it, found)


@rule("hint", was="H101")
def compression_is_faster_than_gzip(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Base backups use a faster compression than gzip.

    905 MB took 218 s with gzip, level 9 in one thread, and 21.8 s with lz4, at twice the size
    (measured).
    """
    for name, database in environment.databases.items():
        if database.backup.data_format == "gzip":
            speed = BACKUP_BYTES_PER_SECOND["gzip"] / 1e6
            takes = spoken(backup_seconds(database.data_size, database.backup))
            yield Fault(
                f"gzip makes a base backup at {speed:.0f} MB/s, {takes} for a full volume; "
                f"{faster_format(database.backup)} is ten times as fast and twice as large",
                ("databases", name, "backup", "data_compression"),
            )


@rule("hint", was="H102")
def wal_replay_fits_rto(environment: EnvironmentSpec) -> Iterator[Fault]:
    """The WAL since the last base backup is replayed within the RTO.

    A database that is never idle archives at least a segment every `archive_timeout`. One of 16
    MiB takes 3 s to fetch and replay alone, 0.6 s with 16 fetched at once (measured). It is a hint,
    not a rule: the machine was busy, and an idle database writes no segments.
    """
    for name, database in environment.databases.items():
        gap = cron.longest_gap(database.backup.schedule).total_seconds()
        segments = int(gap // database.objectives.archive_timeout_seconds)
        each = replay_seconds(database)
        takes = segments * each
        if takes > seconds(database.objectives.rto):
            yield Fault(
                f"up to {segments} WAL segments lie between two base backups, and replaying them "
                f"at {each:.2g} s each takes {spoken(takes)}, more than the RTO "
                f"'{database.objectives.rto}'; a shorter interval leaves less to replay",
                ("databases", name, "backup", "schedule"),
            )


@rule("hint", was="H103")
def full_restore_fits_rto(environment: EnvironmentSpec) -> Iterator[Fault]:
    """The base backup of a full volume is copied back within the RTO.

    A restore reads it in one thread, whatever `jobs` is (plugin #822): 81 MB/s with lz4, 50 with
    gzip (measured).
    """
    for name, database in environment.databases.items():
        takes = restore_seconds(database.data_size, database.backup)
        if takes > seconds(database.objectives.rto):
            yield Fault(
                f"a full volume of '{database.data_size}' takes {spoken(takes)} to copy back, more "
                f"than the RTO '{database.objectives.rto}'; only a smaller database meets it",
                ("databases", name, "storage"),
            )


@rule("hint", was="H104")
def disposable_database_has_replica(environment: EnvironmentSpec) -> Iterator[Fault]:
    """A database has a replica, also in a disposable environment.

    After a primary with a replica was killed, writes failed for 29.8 s (measured, docs/claims.md);
    without a replica they fail until the pod is back. If data must last, `database-has-replica`
    reports it.
    """
    for name, database in environment.databases.items():
        if environment.disposable and database.instances == 1:
            yield Fault(
                "with 1 instance the database is down whenever its pod is; a second instance "
                "takes over",
                ("databases", name, "instances"),
            )


@rule("hint", was="H106")
def base_backups_are_spread(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Base backups of many databases start at different minutes.

    Two restores at 04:00 on the disks that etcd used cost a cluster its leader (the source
    document's author, 2026-07-20).
    """
    schedules = Counter(database.backup.schedule for database in environment.databases.values())
    for schedule, count in schedules.items():
        if count >= _AT_ONCE:
            yield Fault(
                f"{count} databases make a base backup at the same time, '{schedule}'; a different "
                "minute for each spreads the load",
                ("databases",),
            )


@rule("hint")
def failed_backup_leaves_two(environment: EnvironmentSpec) -> Iterator[Fault]:
    """If one base backup fails, the archive still holds two.

    Barman keeps those in the window and the one before it. With one schedule interval in the
    window, a failed base backup leaves only the older one until the next.
    """
    for name, database in environment.databases.items():
        backup = database.backup
        gap = cron.longest_gap(backup.schedule)
        if gap <= timedelta(days=retention_days(backup.retention)) < 2 * gap:
            yield Fault(
                f"'{backup.retention}' spans one interval of '{backup.schedule}', so a base backup "
                f"that fails leaves one; '{-(-2 * gap // timedelta(days=1))}d' spans two",
                ("databases", name, "backup", "retention"),
            )


@rule("hint")
def snapshots_are_spread(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Snapshots of many databases start at different minutes, and not with base backups.

    Each begins with a checkpoint that writes to the same disks. CloudNativePG runs one backup of a
    cluster at a time, so the later one of two waits (backup_controller.go, v1.30.0).
    """
    schedules: Counter[str] = Counter()
    for name, database in environment.databases.items():
        if database.snapshots is None:
            continue
        schedules[database.snapshots.schedule] += 1
        if database.snapshots.schedule == database.backup.schedule:
            yield Fault(
                "the snapshot is due together with the base backup and one waits for the other; "
                "another minute keeps them apart",
                ("databases", name, "snapshots", "schedule"),
            )
    for schedule, count in schedules.items():
        if count >= _AT_ONCE:
            yield Fault(
                f"{count} databases make a snapshot at the same time, '{schedule}'; a different "
                "minute for each spreads the load",
                ("databases",),
            )


@rule("hint")
def snapshots_do_not_pile_up(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Snapshots pile up, as nothing deletes them.

    CloudNativePG has no retention for them: each is deleted with its Backup object
    (cloudnative-pg #6009, open). They grow until the snapshot controller times out.
    """
    for name, database in environment.databases.items():
        if database.snapshots:
            count = cron.fires_a_year(database.snapshots.schedule)
            yield Fault(
                f"a year adds {count} snapshot{'s' * (count > 1)}, and nothing deletes them; each "
                "goes with its Backup object, so delete the old ones",
                ("databases", name, "snapshots"),
            )


@rule("hint", was="H108")
def archive_uses_plugin(environment: EnvironmentSpec) -> Iterator[Fault]:
    """No database archives by the method that CloudNativePG removes.

    barmanObjectStore is deprecated since 1.26 and removed in 1.31 (cluster_webhook.go, v1.30.0).
    """
    for name, database in environment.databases.items():
        if database.backup.method == "in-tree":
            yield Fault(in_tree_ends("in-tree"), ("databases", name, "backup", "method"))


def in_tree_ends(method: str) -> str:
    """Return what is said of an archive by *method*, which is CloudNativePG's own."""
    return (
        f"'{method}' is removed in CloudNativePG 1.31; 'plugin' takes over the archive without a "
        "gap (docs/runbooks/migrate-to-plugin.md)"
    )


@rule("hint", was="H109")
def encryption_at_rest_is_known(environment: EnvironmentSpec) -> Iterator[Fault]:
    """The environment shows what encrypts an archive at rest.

    For an existing Ceph cluster it does not show whether the disks are encrypted
    (`encryptedDevice`), nor for an S3 elsewhere. If it does, `archives-are-encrypted-at-rest`
    reports it.
    """
    new = environment.rook_store is not None and isinstance(environment.storage, StorageSpec)
    if environment.disposable or new:
        return
    for name, database in environment.databases.items():
        if database.backup.encryption is None and environment.kms is None:
            yield Fault(
                "nothing in this environment encrypts this archive at rest; only encrypted disks "
                "under the object store do",
                ("databases", name, "backup", "encryption"),
            )


@rule("hint", was="H112")
def failover_loses_nothing(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Outside a disposable environment commits wait for a replica.

    A failover to an asynchronous replica loses what that has not received. With `synchronous`, 0 of
    197 acknowledged transactions were lost together with the primary and its volume (measured,
    docs/claims.md).
    """
    if environment.disposable:
        return
    for name, database in environment.databases.items():
        if database.instances > 1 and database.synchronous is None:
            yield Fault(
                "a failover loses what no replica has received yet; synchronous replication loses "
                "nothing, at the cost of a round trip for each commit",
                ("databases", name, "synchronous"),
            )


@rule("hint")
def instances_are_apart(environment: EnvironmentSpec) -> Iterator[Fault]:
    """A selector of nodes leaves instances room to be apart.

    With the label that separates them in it, all nodes have one value, and lose all instances
    together.
    """
    for name, database in environment.databases.items():
        chosen = database.placement
        value = chosen.node_selector.get(chosen.topology_key)
        if database.instances > 1 and value is not None:
            yield Fault(
                f"{database.instances} instances run where '{chosen.topology_key}' is '{value}', "
                "and are lost together; a selector without it keeps them apart",
                ("databases", name, "placement", "node_selector", chosen.topology_key),
            )


@rule("hint", was="H113")
def quota_holds_retained_backups(environment: EnvironmentSpec) -> Iterator[Fault]:
    """A bucket's quota holds all the base backups of a full volume that retention keeps.

    A full bucket refuses every upload, also of WAL (cloudnative-pg #7570). If not even one fits,
    `quota-holds-base-backup` reports it.
    """
    for name, database in environment.databases.items():
        backup, bucket = database.backup, database.backup.bucket
        if not isinstance(bucket, BucketClaimSpec) or bucket.quota is None:
            continue
        room = size_bytes(bucket.quota) // size_bytes(database.data_size)
        gap = cron.longest_gap(backup.schedule)
        kept = timedelta(days=retention_days(backup.retention)) // gap + 1
        if 1 <= room < kept:
            yield Fault(
                f"'{bucket.quota}' holds {room} base backup{'s' * (room > 1)} of a full volume, "
                f"and '{backup.retention}' keeps {kept}; a full bucket stops archiving",
                ("databases", name, "backup", "bucket", "quota"),
            )
