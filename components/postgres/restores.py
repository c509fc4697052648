"""Rules about how a generation is restored: to which point, and what it starts from."""

from collections.abc import Iterator

from components.postgres.generations import RestoreSpec
from components.postgres.lineage import entry
from components.postgres.spec import PostgresSpec
from components.spec.rule import Fault, rule


@rule("spec", of=PostgresSpec)
def restore_has_one_target(spec: PostgresSpec) -> Iterator[Fault]:
    """A restore ends at one point.

    CloudNativePG takes at most one target, and finds the base backup of a transaction not by itself
    (cluster_webhook.go, validateRecoveryTarget, v1.30.0). A snapshot is what it starts from, too.
    """
    for number, it in enumerate(spec.generations, 2):
        if not isinstance(it, RestoreSpec):
            continue
        if it.time and it.before_xid is not None:
            yield Fault("time and before_xid are two targets; leave one of them out", entry(number))
        elif it.latest and (it.time or it.before_xid is not None):
            other = "time" if it.time else "before_xid"
            yield Fault(f"latest and {other} are two targets; leave one out", entry(number))
        elif it.latest and it.backup is None:
            yield Fault(
                "everything comes back without it; write the backup to start from, or leave it out",
                entry(number, "latest"),
            )
        elif it.before_xid is not None and it.backup is None and it.snapshot is None:
            yield Fault(
                f"transaction {it.before_xid} needs the base backup to start from; write the "
                "backup that `find` prints with it",
                entry(number, "before_xid"),
            )


@rule("spec", of=PostgresSpec)
def snapshot_replaces_base_backup(spec: PostgresSpec) -> Iterator[Fault]:
    """A snapshot takes the place of a base backup, with the archive in the same cluster.

    CloudNativePG creates volumes from VolumeSnapshots of the Cluster's namespace, and refuses the
    ID of a base backup next to them (cluster_webhook.go, validateBootstrapRecoveryDataSource,
    v1.30.0). A snapshot is as lost as the cluster; the off-site copy is for that. Without the WAL
    volume's snapshot the data volume's points to WAL that is not there, and PostgreSQL does not
    start.
    """
    for generation in spec.lineage:
        it, number = generation.restored, generation.number
        if it is None:
            continue
        if it.snapshot is None:
            if it.wal_snapshot:
                yield Fault(
                    "it belongs to the snapshot of a data volume; write that one in snapshot, or "
                    "leave it out",
                    entry(number, "wal_snapshot"),
                )
            continue
        if it.store == "offsite":
            yield Fault(
                f"'{it.snapshot}' is in the cluster, and gone with it; leave snapshot out, or "
                "store to read WAL from the archive",
                entry(number, "snapshot"),
            )
        if it.backup:
            yield Fault(
                "a snapshot takes the place of a base backup; leave one of them out",
                entry(number, "backup"),
            )
        if it.wal_snapshot and spec.wal_storage is None:
            yield Fault(
                "the database has no WAL volumes; leave it out", entry(number, "wal_snapshot")
            )
        # Of another one `prepare` asks the cluster: it may have been restored before those volumes.
        if generation.state == "candidate":
            for fault in lacking(spec, it):
                yield Fault(fault, entry(number, "snapshot"))


def lacking(spec: PostgresSpec, restored: RestoreSpec) -> Iterator[str]:
    """Yield `fault; fix` for each kind of volume that a Cluster has and its snapshot has not."""
    if restored.snapshot is None:
        return
    if spec.tablespaces:
        yield (
            f"'{restored.snapshot}' is without the tablespaces' volumes; write a base backup in "
            "backup, or leave it out"
        )
    if spec.wal_storage and not restored.wal_snapshot:
        yield (
            f"the WAL volume needs its snapshot too; write '{restored.snapshot}-wal' in "
            "wal_snapshot, if it is of the same Backup"
        )
