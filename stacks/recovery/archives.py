"""Where the archive of a database is, and its copy: derived from the environment alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from components.ceph.buckets import prefix_of
from components.kube.store import key_files
from components.postgres import PostgresSpec
from components.postgres.sidecar import SIDECAR_IMAGE
from components.s3 import ANY_REGION
from stacks.command import Fault
from stacks.environment import EnvironmentSpec

Which = Literal["archive", "offsite"]
"""The archive in its object store, or its off-site copy."""


@dataclass(frozen=True, kw_only=True)
class ArchiveStore:
    """A bucket with archives, and the Secrets that a pod in the database's namespace reads."""

    endpoint: str
    bucket: str
    prefix: str
    """What the keys of the bucket's objects begin with, before the server name; "" or like `x/`."""

    region: str
    secret: str
    """Secret with the bucket's keys."""

    access_key: str
    """The key in the Secret that holds the access key's id."""

    secret_key: str
    """The key in the Secret that holds the access key itself."""

    ca: tuple[str, str] | None
    """Secret and key with the CA of the endpoint's certificate; None: it is a public one."""

    @property
    def settings(self) -> Mapping[str, str]:
        """What `Store` of components/pods/s3.py is made of."""
        return {
            "endpoint": self.endpoint,
            "bucket": self.bucket,
            "prefix": self.prefix,
            "region": self.region,
            "keys": f"Secret {self.secret}",
            "access": self.access_key,
            "secret": self.secret_key,
        }

    @property
    def files(self) -> Mapping[str, Any]:
        """The projected volume with its keys and CA."""
        return key_files(self.secret, self.access_key, self.secret_key, self.ca)


def archive_store(
    environment: EnvironmentSpec, spec: PostgresSpec, which: Which = "archive"
) -> ArchiveStore:
    """Return where the archives of a database's generations are; raise Fault without a copy."""
    bucket, s3, ca = spec.backup.bucket, environment.existing_s3, environment.store_ca
    if which == "archive":
        return ArchiveStore(
            endpoint=environment.object_store.address,
            bucket=bucket.bucket,
            prefix=prefix_of(bucket),
            region=s3.region if s3 else ANY_REGION,
            secret=bucket.secret_name,
            access_key=bucket.access_key,
            secret_key=bucket.secret_key,
            ca=(ca, "ca.crt") if ca else None,
        )
    offsite = environment.offsite
    if offsite is None:
        raise Fault("offsite", "the environment has no off-site copy", "read the archive")
    return ArchiveStore(
        endpoint=offsite.endpoint,
        bucket=offsite.bucket,
        prefix=f"{spec.backup.place}/",
        region=offsite.region,
        secret=offsite.secret,
        access_key=offsite.access_key,
        secret_key=offsite.secret_key,
        ca=(offsite.ca_secret, "ca.crt") if offsite.ca_secret else None,
    )


@dataclass(frozen=True, kw_only=True)
class Archive:
    """The archive of one generation of a database, and what reads it."""

    database: str
    """The database's role in the environment."""

    generation: int
    namespace: str
    cluster: str
    """Name of its Cluster."""

    server: str
    """Its folder in the store, below the prefix."""

    store: ArchiveStore
    image: str
    """The database's image, for pg_waldump."""

    python_image: str
    """The image with Python, boto3 and barman."""

    pull_secrets: Sequence[str] = ()
    """Secrets in the namespace for the registries of the database's image."""

    @property
    def place(self) -> str:
        """URL of its objects."""
        return f"s3://{self.store.bucket}/{self.store.prefix}{self.server}/"


def archives(
    environment: EnvironmentSpec, database: str, which: Which = "archive"
) -> list[Archive]:
    """Return the archive of each generation of a database, the active one's first, then the newest.

    Removed generations are left out. Raise Fault if there is no such database, or no copy.
    """
    spec = environment.databases.get(database)
    if spec is None:
        known = ", ".join(environment.databases)
        fault = "the environment has none of this name"
        raise Fault(f"database {database}", fault, f"write one of {known}")
    store, python = archive_store(environment, spec, which), python_image(environment)
    order = sorted(spec.lineage, key=lambda it: (it.state != "active", -it.number))
    return [
        Archive(
            database=database,
            generation=one.number,
            namespace=spec.namespace,
            cluster=one.cluster,
            server=one.server_name,
            store=store,
            image=one.image,
            pull_secrets=spec.image_pull_secrets,
            python_image=python,
        )
        for one in order
        if one.state != "removed"
    ]


def python_image(environment: EnvironmentSpec) -> str:
    """Return the image with Python, boto3 and barman that a command's pod runs."""
    return environment.offsite.image if environment.offsite else SIDECAR_IMAGE
