"""What other stacks may use: names and places, never a secret.

The same class exports here and reads in a consumer:

    platform = PlatformOutputs.of(pulumi.StackReference("organization/tier0/homelab"))
    n8n = platform.database("n8n")
    n8n.host
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

import pulumi

from components.postgres import PostgresSpec
from components.postgres.network import POSTGRES


@dataclass(frozen=True, kw_only=True)
class Database:
    """How to reach one database, and where its archive is."""

    namespace: str
    """Namespace of everything named here."""

    host: str
    """The host name that always reaches the primary; it is in the server's certificate."""

    pooler_host: str | None = None
    """The host name that reaches the primary through a connection pool, on the same port; none
    without a pool, and then left out of a stack's outputs."""

    replica_pooler_host: str | None = None
    """The host name that reaches replicas through a connection pool, on the same port; none
    without a pool to replicas, and then left out of a stack's outputs."""

    port: int
    """Its TCP port."""

    database: str
    """Name of the application's database."""

    credentials_secret: str
    """Secret with the owner's `username` and `password` (CloudNativePG's application Secret)."""

    ca_secret: str
    """Secret whose `ca.crt` signed the server's certificate, for `sslmode=verify-full`."""

    server_name: str
    """Folder of the active archive in its bucket."""

    bucket: str
    """The archive's bucket."""

    bucket_secret: str
    """Secret with the bucket's access key."""

    s3_ca_secret: str | None = None
    """Secret whose `ca.crt` signed the object store's certificate; none if a public CA did, and
    then left out of a stack's outputs."""

    backup_schedule: str
    """When base backups are made: minute hour day month weekday, UTC."""


@dataclass(frozen=True, kw_only=True)
class PlatformOutputs:
    """Exports of this project; a name here is a contract, and its removal is a breaking change."""

    s3_endpoint: pulumi.Output[str]
    """HTTPS address of the object store."""

    databases: pulumi.Output[Mapping[str, Mapping[str, Any]]]
    """The fields of `Database`, by the database's name in the environment."""

    def export(self) -> None:
        """Publish every field as a stack output of the same name."""
        for field in fields(self):
            pulumi.export(field.name, getattr(self, field.name))

    @classmethod
    def of(cls, stack: pulumi.StackReference) -> Self:
        """Return what *stack* exported; a missing output fails the consumer's preview."""
        return cls(**{field.name: stack.require_output(field.name) for field in fields(cls)})

    def database(self, name: str) -> pulumi.Output[Database]:
        """Return the database *name*; if there is none, raise RunError with the known names."""

        def pick(databases: Mapping[str, Mapping[str, Any]]) -> Database:
            if name not in databases:
                known = ", ".join(sorted(databases))
                raise pulumi.RunError(f"databases.{name}: is not exported; write one of {known}")
            given = databases[name]
            # A StackReference carries numbers as floats.
            return Database(**{**given, "port": int(given["port"])})

        return self.databases.apply(pick)


def databases(
    specs: Mapping[str, PostgresSpec],
    hosts: Mapping[str, pulumi.Output[str]],
    s3_ca_secret: str | None,
) -> pulumi.Output[Mapping[str, Mapping[str, Any]]]:
    """Return the fields of `Database` for each of *specs*, once it can be reached at its host.

    In one step: the SDK would take a dictionary of outputs apart and wait for each value in it.
    """
    return pulumi.Output.all(**hosts).apply(
        lambda hosts: {
            name: asdict(_database(spec, hosts[name], s3_ca_secret)) for name, spec in specs.items()
        }
    )


def _database(spec: PostgresSpec, host: str, s3_ca_secret: str | None) -> Database:
    bucket = spec.backup.bucket
    return Database(
        namespace=spec.namespace,
        host=host,
        pooler_host=spec.pooler_hosts.get("rw"),
        replica_pooler_host=spec.pooler_hosts.get("ro"),
        port=POSTGRES,
        database=spec.database,
        credentials_secret=spec.credentials,
        ca_secret=spec.ca_secret(spec.cluster),
        server_name=spec.server_name,
        bucket=bucket.bucket,
        bucket_secret=bucket.secret_name,
        s3_ca_secret=s3_ca_secret,
        backup_schedule=spec.backup.schedule,
    )
