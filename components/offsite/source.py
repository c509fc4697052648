"""The archive that is copied, as the component is handed it."""

from dataclasses import dataclass

from components.ceph.buckets import Bucket


@dataclass(frozen=True, kw_only=True)
class Source:
    """An archive, and what of its database the copy needs to know."""

    cluster: str
    """Name of the database's Cluster; the copy's objects begin with it."""

    namespace: str
    server: str
    """Server name of the archive in its bucket."""

    bucket: Bucket
    bucket_name: str
    """The bucket's name, which is known before the bucket is made."""

    schedule: str
    """Of base backups, five fields."""

    plugin: bool
    """Whether a recovery reads the copy by the plugin's ObjectStore."""
