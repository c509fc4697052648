"""Rules about objectives that the declared choices cannot meet."""

from collections.abc import Iterator
from datetime import timedelta

from components.ceph.buckets import BucketClaimSpec
from components.spec import cron
from components.spec.rule import Fault, rule
from components.spec.words import retention_days, seconds, size_bytes
from stacks.check.rules.measured import (
    LEAST_RESTORE_SECONDS,
    SLOW,
    backup_seconds,
    faster_format,
    snapshot_seconds,
    spoken,
)
from stacks.environment import EnvironmentSpec


@rule("environment", was="T310", waivable=True)
def database_has_replica(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Outside a disposable environment a database has a replica.

    With one instance each restart is an outage (198 s measured with CloudNativePG's default
    shutdown timeout), and the loss of its node needs a recovery from the archive.
    """
    if environment.disposable:
        return
    for name, database in environment.databases.items():
        if database.instances == 1:
            yield Fault(
                "1 instance stops with its node and at each restart; write at least 2, or declare "
                "the environment disposable",
                ("databases", name, "instances"),
            )


@rule("environment", was="T206", waivable=True)
def writes_survive_replica_loss(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Required synchronous replication survives the loss of one replica.

    If all replicas must answer, each restart of one stops every write, also in an upgrade. No
    acknowledged commit is lost: a pause may be intended.
    """
    for name, database in environment.databases.items():
        found, instances = database.synchronous, database.instances
        if found and found.durability == "required" and found.number == instances - 1 > 0:
            who = "the replica" if found.number == 1 else "one replica"
            yield Fault(
                f"synchronous 'required' with {instances} instances stops writes whenever {who} "
                f"is down; write {instances + 1} instances, or 'preferred'",
                ("databases", name),
            )


@rule("environment", was="T203", waivable=True)
def retention_spans_two_backups(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Retention spans a schedule interval, so the archive holds two base backups.

    Barman keeps those in the window and the one before it, which recovery to the start of the
    window needs. With a shorter retention that one is often the only one.
    """
    for name, database in environment.databases.items():
        backup = database.backup
        gap = cron.longest_gap(backup.schedule)
        if timedelta(days=retention_days(backup.retention)) < gap:
            yield Fault(
                f"retention '{backup.retention}' is shorter than an interval of schedule "
                f"'{backup.schedule}', so at times the archive holds one base backup only; "
                f"write at least '{-(-gap // timedelta(days=1))}d'",
                ("databases", name, "backup"),
            )


@rule("environment", was="T320", waivable=True)
def base_backup_ends_before_next(environment: EnvironmentSpec) -> Iterator[Fault]:
    """A base backup of a full volume ends before the next is due.

    CloudNativePG runs one at a time and does not catch up on missed ones
    (scheduledbackup_controller.go, v1.30.0); schedules that fired too often left one operator
    17,000 Backup objects, which killed it (nv-config-manager #244).
    """
    for name, database in environment.databases.items():
        backup = database.backup
        needs = backup_seconds(database.data_size, backup)
        gap = cron.shortest_gap(backup.schedule).total_seconds()
        if needs > gap:
            yield Fault(
                f"'{backup.schedule}' is due again after {spoken(gap)}, but a base backup of "
                f"'{database.data_size}' takes {spoken(needs)} with {backup.data_format}; write "
                "a longer interval"
                + (f", or {faster_format(backup)}" if backup.data_format in SLOW else ""),
                ("databases", name, "backup", "schedule"),
            )


@rule("environment", waivable=True)
def snapshot_ends_before_next(environment: EnvironmentSpec) -> Iterator[Fault]:
    """A volume snapshot ends before the next is due.

    It begins with a checkpoint that is spread over checkpoint_timeout, by default 0.9 of 5 min
    (backup_volumesnapshot.md, `immediateCheckpoint`), and ends when the last WAL is archived.
    CloudNativePG runs one backup of a cluster at a time (backup_controller.go,
    isCurrentBackupRunning, v1.30.0) and deletes no Backup object.
    """
    for name, database in environment.databases.items():
        if database.snapshots is None:
            continue
        needs = snapshot_seconds(database)
        gap = cron.shortest_gap(database.snapshots.schedule).total_seconds()
        if needs > gap:
            yield Fault(
                f"'{database.snapshots.schedule}' is due again after {spoken(gap)}, but a snapshot "
                f"may take {spoken(needs)}, for its checkpoint and WAL; write a longer interval",
                ("databases", name, "snapshots", "schedule"),
            )


@rule("environment", was="T321", waivable=True)
def rto_leaves_time_to_restore(environment: EnvironmentSpec) -> Iterator[Fault]:
    """An RTO is no shorter than the restore of an almost empty database.

    In the lab, 33 to 89 s passed from the declaration to the first answer, mostly 60: a pod, a
    volume, one base backup, a few segments (docs/claims.md).
    """
    for name, database in environment.databases.items():
        rto = database.objectives.rto
        if seconds(rto) < LEAST_RESTORE_SECONDS:
            yield Fault(
                f"'{rto}' is shorter than the restore of an empty database; write at least "
                f"'{LEAST_RESTORE_SECONDS}s'",
                ("databases", name, "objectives", "rto"),
            )


@rule("environment", was="T322", waivable=True)
def quota_holds_base_backup(environment: EnvironmentSpec) -> Iterator[Fault]:
    """A bucket's quota holds one base backup of a full volume.

    At its quota a bucket refuses every upload: archiving stops, WAL fills the volume and then
    PostgreSQL stops (cloudnative-pg #7570, #9824). Data that compresses well is a reason for a
    waiver.
    """
    for name, database in environment.databases.items():
        bucket = database.backup.bucket
        if not isinstance(bucket, BucketClaimSpec) or bucket.quota is None:
            continue
        if size_bytes(bucket.quota) < size_bytes(database.data_size):
            yield Fault(
                f"'{bucket.quota}' does not hold a base backup of a volume of "
                f"'{database.data_size}', and a full bucket stops archiving; write a larger quota, "
                "or leave it out",
                ("databases", name, "backup", "bucket", "quota"),
            )
