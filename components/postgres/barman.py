"""What a Cluster and its ObjectStore say of an archive, for Barman, which writes and reads it."""

from collections.abc import Mapping
from typing import Any

import pulumi

from components.ceph.buckets import Bucket
from components.postgres.archive import PLUGIN, BackupSpec
from components.s3 import ANY_REGION
from components.spec import cron

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
