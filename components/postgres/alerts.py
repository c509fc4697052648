"""Alerts on a database: what CloudNativePG, the plugin and the kubelet measure of it.

None fires on an idle database. `archive_timeout` closes no segment without changes, so the age of
the last archived segment says nothing (PostgreSQL, "archive_timeout"); the segments that wait do.
"""

from components.monitoring.alert import Alert
from components.postgres.spec import PostgresSpec
from components.spec import cron
from components.spec.words import retention_days

_PLUGIN = "barman_cloud_cloudnative_pg_io"
_WAITING = 80
"""MiB of WAL that wait at the end of a burst that the archiver keeps up with."""

_LATE = 2 * 3600
"""Seconds that a base backup may take longer than the one before."""

_LAG = 300
_FULL, _FILLING = 0.1, 0.4
"""Parts of a volume that are free."""

_HOURS = 24


def alerts(spec: PostgresSpec) -> list[Alert]:
    """Return the alerts on the active generation of a database."""
    return [
        *_archiving(spec),
        *_backups(spec),
        *_volumes(spec),
        *(_wal_volume(spec) if spec.wal_storage else ()),
        *(_replicas(spec) if spec.instances > 1 else ()),
        # What a follower replays is as old as the archive, and site_watch.py looks at that.
        *([_lag(spec)] if spec.instances > 1 and not spec.is_replica else ()),
        _unknown(spec),
    ]


def _of(spec: PostgresSpec, metric: str, *selectors: str) -> str:
    """Return the series of *metric* of the active Cluster's pods; the PodMonitor labels them."""
    here = (f'namespace="{spec.namespace}"', f'cnpg_io_cluster="{spec.current.cluster}"')
    return f"{metric}{{{','.join((*here, *selectors))}}}"


def _backup_metric(spec: PostgresSpec, metric: str) -> str:
    """Return a time that CloudNativePG knows in-tree, and with the plugin only the plugin.

    With the plugin CloudNativePG's stay 0 (pg_collector.go, 1.30). In-tree they count volume
    snapshots too.
    """
    prefix = _PLUGIN if spec.backup.method == "plugin" else "cnpg_collector"
    return f"max by (namespace) ({_of(spec, f'{prefix}_{metric}')})"


def _archiving(spec: PostgresSpec) -> list[Alert]:
    failed, archived = (
        _of(spec, f"cnpg_pg_stat_archiver_last_{what}_time") for what in ("failed", "archived")
    )
    waiting = _of(spec, "cnpg_collector_pg_wal_archive_status", 'value="ready"')
    # What was left to archive when a primary became a replica stays there while nothing is written.
    primary = f"{_of(spec, 'cnpg_pg_replication_in_recovery')} == 0"
    most = max(_WAITING // spec.wal_segment, 2)  # while one is archived, the next is written
    return [
        Alert(
            name="ArchiveFailing",
            source="CloudNativePG",
            when="the last attempt to archive WAL failed, for 10 minutes",
            expression=f"max by (namespace) ({failed} > {archived})",
            lasting=600,
            critical=True,
            summary="archiving WAL fails for 10 minutes",
            impact="What is committed now is lost with the cluster, and WAL fills the volume.",
        ),
        Alert(
            name="WalPilesUp",
            source="CloudNativePG",
            when=f"more than {_WAITING} MiB of the primary's WAL in more than two segments wait, "
            "for 15 minutes",
            expression=f"max by (namespace) ({waiting} and on (namespace, pod) ({primary})) "
            f"> {most}",
            lasting=900,
            critical=True,
            summary="WAL is written faster than it is archived, or archiving hangs",
            impact="What is committed now may be lost with the cluster, and WAL fills the volume.",
        ),
    ]


def _backups(spec: PostgresSpec) -> list[Alert]:
    made, failed, first = (
        _backup_metric(spec, metric)
        for metric in (
            "last_available_backup_timestamp",
            "last_failed_backup_timestamp",
            "first_recoverability_point",
        )
    )
    late = int(cron.longest_gap(spec.backup.schedule).total_seconds()) + _LATE
    reach = retention_days(spec.backup.retention) * 24 * 3600
    return [
        Alert(
            name="BackupNever",
            source="CloudNativePG",
            when="no base backup was ever completed, for 2 hours",
            expression=f"{made} == 0",
            lasting=_LATE,
            critical=True,
            summary="no base backup was ever completed",
            impact="Nothing can be restored from the active archive: WAL alone is no backup.",
        ),
        Alert(
            name="BackupOld",
            source="CloudNativePG",
            when="the last base backup is older than the schedule's longest pause and 2 hours",
            expression=f"time() - ({made} > 0) > {late}",
            critical=True,
            summary="the base backup that was due is not completed",
            impact="A restore replays more WAL than the RTO allows for, and the archive grows.",
        ),
        Alert(
            name="BackupFailed",
            source="CloudNativePG",
            when="the last base backup failed",
            expression=f"{failed} > {made}",
            lasting=300,
            critical=False,
            summary="the last base backup failed",
            impact="A restore begins at an older base backup; the next one may succeed.",
        ),
        Alert(
            name="WindowShrinks",
            source="CloudNativePG",
            when="the earliest restorable moment became later within a day, and is later than the "
            "retention allows",
            expression=f"{first} > min_over_time(({first} > 0)[1d:5m]) and time() - {first} "
            f"< {reach}",
            lasting=600,
            critical=True,
            summary=f"moments of the last {spec.backup.retention} can no longer be restored",
            impact="Base backups are missing from the archive before their retention ended.",
        ),
    ]


def _volumes(spec: PostgresSpec) -> list[Alert]:
    claims = (
        f'namespace="{spec.namespace}"',
        f'persistentvolumeclaim=~"{spec.current.cluster}-[0-9]+(-wal)?"',
    )
    free, size = (
        f"kubelet_volume_stats_{what}_bytes{{{','.join(claims)}}}"
        for what in ("available", "capacity")
    )
    each = "by (namespace, persistentvolumeclaim)"
    left = f"min {each} ({free} / {size})"
    # As predict_linear, and its value is the hours that are left.
    hours = f"min {each} ({free} / -(deriv({free}[6h]) < 0)) / 3600"
    volume = "the volume {{ $labels.persistentvolumeclaim }}"
    return [
        Alert(
            name="VolumeFills",
            source="kubelet",
            when=f"less than 40 % of a volume is free, and at the pace of the last 6 hours it is "
            f"full within {_HOURS}, for 30 minutes",
            expression=f"{hours} < {_HOURS} and {left} < {_FILLING}",
            lasting=1800,
            critical=False,
            summary=f"{volume} is full within {_HOURS} hours",
            impact="A full volume stops PostgreSQL completely, and no replica is promoted.",
        ),
        Alert(
            name="VolumeFull",
            source="kubelet",
            when="less than 10 % of a volume is free, for 5 minutes",
            expression=f"{left} < {_FULL}",
            lasting=300,
            critical=True,
            summary=f"{volume} is nearly full",
            impact="A full volume stops PostgreSQL completely, and no replica is promoted.",
        ),
        Alert(
            name="VolumeUnknown",
            source="kubelet",
            when="no kubelet reports a volume of the database, for an hour",
            expression=f"max by (namespace) (absent({free}))",
            lasting=3600,
            critical=False,
            summary="how full its volumes are is unknown",
            impact="No alert fires before a volume is full.",
        ),
    ]


def _wal_volume(spec: PostgresSpec) -> list[Alert]:
    used, most = (
        _of(spec, "cnpg_collector_pg_wal", f'value="{what}"') for what in ("count", "volume_max")
    )
    return [
        Alert(
            name="WalVolumeFull",
            source="CloudNativePG",
            when="WAL takes 80 % of its volume, for 5 minutes",
            expression=f"max by (namespace, pod) ({used} / ignoring (value) {most}) > 0.8",
            lasting=300,
            critical=True,
            summary="WAL takes 80 % of its volume in {{ $labels.pod }}",
            impact="A full volume stops PostgreSQL completely, and no replica is promoted.",
        )
    ]


def _replicas(spec: PostgresSpec) -> list[Alert]:
    receiving = _of(spec, "cnpg_pg_replication_is_wal_receiver_up")
    return [
        Alert(
            name="ReplicasMissing",
            source="CloudNativePG",
            when="fewer replicas than declared receive WAL, for 15 minutes",
            expression=f"sum by (namespace) ({receiving}) < {spec.instances - 1}",
            lasting=900,
            critical=False,
            summary=f"fewer than {spec.instances - 1} replicas receive WAL",
            impact="The next loss of a node may stop the database, and commits may have to wait.",
        )
    ]


def _lag(spec: PostgresSpec) -> Alert:
    lag = _of(spec, "cnpg_pg_replication_lag")
    return Alert(
        name="ReplicationLags",
        source="CloudNativePG",
        when="a replica is more than 5 minutes behind, for 10 minutes",
        expression=f"max by (namespace, pod) ({lag}) > {_LAG}",
        lasting=600,
        critical=False,
        summary="the replica {{ $labels.pod }} is more than 5 minutes behind",
        impact="A failover takes as long as that replica needs for the rest.",
    )


def _unknown(spec: PostgresSpec) -> Alert:
    needed = [_of(spec, "cnpg_pg_stat_archiver_last_archived_time")]  # of a primary only
    if spec.backup.method == "plugin":
        needed.append(_of(spec, f"{_PLUGIN}_last_available_backup_timestamp"))
    return Alert(
        name="DatabaseUnknown",
        source="CloudNativePG",
        when="no primary reports how archiving goes, or no plugin its backups, for 10 minutes",
        expression=f"max by (namespace) ({' or '.join(f'absent({it})' for it in needed)})",
        lasting=600,
        critical=True,
        summary="there is no primary, or its metrics are not read",
        impact="The database may be down, and no other alert on it can fire.",
    )
