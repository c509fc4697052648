"""The archive that is copied, as the component receives it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components.ceph.buckets import Bucket


@dataclass(frozen=True, kw_only=True)
class Source:
    """An archive, and what the copy needs to know about its database."""

    cluster: str
    """Name of the database's Cluster; the names of the copy's objects begin with it."""

    namespace: str
    server: str
    """Server name of the archive in its bucket."""

    bucket: Bucket
    place: str
    """The bucket's name with the path in it, which are known before the bucket is made."""

    schedule: str
    """Schedule of base backups, five fields."""

    plugin: bool
    """Whether a recovery reads the copy through the plugin's ObjectStore."""

    wal: Mapping[str, Any]
    """The part of Barman's configuration that says how WAL is restored."""
