"""What a Cluster's archive says: where it is, how it is written, and how long it stays."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from components.ceph.buckets import ExistingBucketSpec
from components.postgres.archive import PLUGIN
from stacks.adopt.document import Document, Fields
from stacks.adopt.templates import templates, unfilled

Made = dict[str, Any]

RETENTION = "3650d"
"""What is written where nothing is deleted today."""


@dataclass(frozen=True, kw_only=True)
class Archive:
    """One archive as it is declared."""

    method: str
    """`plugin` or `in-tree`."""
    configuration: Fields
    """Barman's part."""
    retention: Fields
    """The fields that `retentionPolicy` is one of."""
    cluster: str
    """The name of its Cluster."""
    server: str
    """The folder of the archive."""
    endpoint: str
    """The address of the store, empty for AWS."""
    bucket: str
    path: str
    """The folders of the bucket above the archive's."""

    @property
    def authority(self) -> tuple[str, str] | None:
        """The Secret with the CA of the store, and the key in it; None: a public one."""
        found = self.configuration.inside("endpointCA")
        name = found.text("name")
        return (name, found.text("key") or "ca.crt") if name else None

    @property
    def encrypted(self) -> bool:
        """Whether the store is asked for AES256."""
        return "AES256" in [self.configuration.at(it, "encryption") for it in ("data", "wal")]


class UnknownArchive(Exception):  # noqa: N818 - no error: the report has it
    """An archive of which the manifests do not say where it is."""

    def __init__(self, store: str = "") -> None:
        """Take the ObjectStore that does not say it; none where the Cluster itself is said."""
        super().__init__(store)
        self.store = store


def archive_of(cluster: Document, stores: Mapping[str, Document]) -> Archive | None:
    """Return where a Cluster archives to; None where it does not.

    *stores* are the ObjectStores of its namespace by their names. Raise UnknownArchive where it
    archives to a place that cannot be read, which then is said.
    """
    spec = cluster.spec
    archiver = None
    for plugin in spec.items("plugins"):
        if plugin.at("name") == PLUGIN:
            archiver = archiver or plugin
        else:
            plugin.kept_out((), f"'{plugin.at('name')}' has no word; only Barman's plugin has")
    if archiver:
        return _plugins(cluster, archiver, stores)
    configuration = spec.inside("backup", "barmanObjectStore")
    if not configuration:
        return None
    server = configuration.text("serverName") or cluster.name
    return _archive("in-tree", configuration, spec.inside("backup"), cluster.name, server)


def _plugins(cluster: Document, plugin: Fields, stores: Mapping[str, Document]) -> Archive:
    plugin.text("name")
    if plugin.flag("enabled") is False:
        plugin.changed(("enabled",), "false becomes true; without the plugin nothing is archived")
    if plugin.flag("isWALArchiver") is not True:
        plugin.changed(
            ("isWALArchiver",),
            "becomes true; without it no WAL is archived, and nothing says so",
        )
    called = plugin.text("parameters", "barmanObjectName") or ""
    server = plugin.text("parameters", "serverName") or cluster.name
    store = stores.get(called)
    if store is None:
        plugin.kept_out(
            ("parameters", "barmanObjectName"),
            f"the whole Cluster: ObjectStore {cluster.namespace}/{called or '?'} is not among the "
            "manifests; adopt a folder that has both",
        )
        raise UnknownArchive
    return _archive("plugin", store.spec.inside("configuration"), store.spec, cluster.name, server)


def _archive(
    method: str, configuration: Fields, retention: Fields, cluster: str, server: str
) -> Archive:
    document = configuration.document
    store = document.name if document.kind == "ObjectStore" else ""
    if left := [*templates(configuration.at())]:
        configuration.kept_out((), f"the whole Cluster: its archive {unfilled(' '.join(left))}")
        raise UnknownArchive(store)
    destination = configuration.text("destinationPath") or ""
    found = re.fullmatch(r"s3://([^/]+)/*(.*?)/*", destination)
    if found is None:
        configuration.kept_out(
            ("destinationPath",),
            "the whole Cluster: its archive is in no bucket of S3, and tier0 archives to S3 only",
        )
        raise UnknownArchive(store)
    return Archive(
        method=method,
        configuration=configuration,
        retention=retention,
        cluster=cluster,
        server=server,
        endpoint=_reached((configuration.text("endpointURL") or "").rstrip("/"), configuration),
        bucket=found[1],
        path=found[2],
    )


def _reached(endpoint: str, configuration: Fields) -> str:
    """Return the address of a store from everywhere in the cluster.

    A Service without a namespace is one of the archive's own.
    """
    host = urlsplit(endpoint).hostname or ""
    if not host or "." in host or ":" in host:
        return endpoint
    full = f"{host}.{configuration.document.namespace}.svc"
    configuration.changed(("endpointURL",), f"'{host}' becomes '{full}', as drills are elsewhere")
    return endpoint.replace(f"//{host}", f"//{full}", 1)


def stored(archive: Archive) -> Made:
    """Read what Barman's part of a manifest says."""
    given = archive.configuration
    made: Made = {"bucket": _bucket(archive)}
    if archive.server != archive.cluster:
        made["server_name"] = archive.server
    if archive.method != "plugin":
        made["method"] = archive.method
        given.document.say(
            "changed",
            (),
            "backup: barmanObjectStore stays, and is removed in CloudNativePG 1.31; "
            "docs/runbooks/migrate-to-plugin.md moves it",
        )
    made |= _data(given.inside("data")) | _wal(given.inside("wal"))
    asked = [given.at(it, "encryption") for it in ("data", "wal")]
    if "AES256" in asked and not [it for it in asked if it not in (None, "", "AES256")]:
        made["encryption"] = "AES256"
        for part in ("data", "wal"):
            given.text(part, "encryption")
    tags = {name: given.text("tags", name) for name in given.names("tags")}
    if tags:
        made["tags"] = {name: it for name, it in tags.items() if it is not None}
    made["retention"] = _retention(archive)
    return made


def _bucket(archive: Archive) -> ExistingBucketSpec:
    given = archive.configuration
    keys = given.inside("s3Credentials")
    made: Made = {"bucket": archive.bucket}
    if archive.path:
        made["path"] = archive.path
    access, secret = (keys.inside(it) for it in ("accessKeyId", "secretAccessKey"))
    made["secret"] = access.text("name") or secret.text("name") or f"{archive.bucket}-keys"
    if secret.text("name") not in (None, made["secret"]):
        secret.changed(("name",), f"becomes '{made['secret']}': both keys are in one Secret")
    for field, it, plain in (
        ("access_key", access, "ACCESS_KEY_ID"),
        ("secret_key", secret, "ACCESS_SECRET_KEY"),
    ):
        key = it.text("key")
        if key and key != plain:
            made[field] = key
    if not access:
        given.fill_in(
            ("s3Credentials",), f"name no Secret; write keys into the Secret '{made['secret']}'"
        )
    return ExistingBucketSpec(**made)


def _data(given: Fields) -> Made:
    made: Made = {}
    found = given.text("compression")
    if found:
        made["data_compression"] = found
    jobs = given.number("jobs")
    if jobs not in (None, 2):
        made["jobs"] = jobs
    return made


def _wal(given: Fields) -> Made:
    made: Made = {}
    found = given.text("compression")
    if found:
        made["wal_compression"] = found
    parallel = given.number("maxParallel")
    if parallel not in (None, 1):
        made["wal_jobs"] = parallel
    arguments = given.texts("archiveAdditionalCommandArgs")
    level = re.fullmatch(r"--compression-level[= ]([0-9]{1,2})", " ".join(arguments))
    if level:
        made["wal_level"] = int(level[1])
    elif arguments:
        given.kept_out(("archiveAdditionalCommandArgs",), "only --compression-level has a word")
    if given.at("restoreAdditionalCommandArgs") is not None:
        given.changed(("restoreAdditionalCommandArgs",), "become tier0's own")
    return made


def _retention(archive: Archive) -> str:
    found = archive.retention.text("retentionPolicy")
    if found and re.fullmatch(r"[1-9][0-9]{0,5}[dwm]", found):
        return found
    archive.retention.fill_in(
        ("retentionPolicy",),
        f"is not there, so nothing is ever deleted; '{RETENTION}' is written: choose how far back "
        "recovery must reach, older base backups are deleted",
    )
    return RETENTION
