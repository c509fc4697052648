"""The import of a new database from another PostgreSQL, by pg_dump and pg_restore.

It takes a snapshot of the source: what is written there afterwards is not imported
(database_import.md, v1.30.0).
"""

from collections.abc import Iterator, Sequence
from ipaddress import ip_network
from typing import Annotated, Any, Literal

from pydantic import Field

from components.postgres.import_options import ImportOptionsSpec
from components.spec import Spec
from components.spec.rule import Fault, obeys, rule
from components.spec.words import Duration, HostName, Identifier, Name

SOURCE = "import"
"""What the Cluster calls the server that it is imported from."""

_ALL = "*"
_OLDEST = 9


@rule("value")
def sql_has_no_empty_statement(statements: Sequence[str]) -> Iterator[Fault]:
    """Each statement after an import says something.

    The first that fails ends the import, and an empty one fails (run on 17).
    """
    for number, statement in enumerate(statements):
        if not statement.strip():
            yield Fault(f"statement {number} is empty; leave it out")


@rule("value")
def network_is_cidr(value: str) -> Iterator[Fault]:
    """A network is an address and a length, without bits beyond it.

    The API server refuses others in a NetworkPolicy (Kubernetes, "Network Policies").
    """
    try:
        ip_network(value)
    except ValueError:
        pass
    else:
        if "/" in value:
            return
    yield Fault(f"'{value}' is not a network; write an address and a length, like '192.0.2.10/32'")


class ImportSpec(Spec):
    """Where a new database comes from.

    It is read when the database is created, and may be corrected until an instance has run.
    """

    host: HostName
    """Host name of the source, which its certificate has."""

    port: int = Field(default=5432, ge=1, le=65535)
    """Its port."""

    cidr: Annotated[str, obeys(network_is_cidr)] | None = None
    """The addresses that the host name stands for, like '192.0.2.10/32': instances may reach the
    port there, if a network plugin enforces policies. None: at any address, as a NetworkPolicy
    names no host."""

    user: Identifier
    """The role that reads it: a superuser, or one that may read all of the databases, with their
    large objects, and with type 'monolith' the roles (`pg_authid`)."""

    password_secret: Name
    """Secret in the database's namespace; its key `password` holds the role's password."""

    ca_secret: Name | None = None
    """Secret in the database's namespace; its key `ca.crt` holds the CA that signed the source's
    certificate. None: the certificate is not verified."""

    ssl_mode: Literal["verify-full", "verify-ca", "require", "disable"] = "verify-full"
    """libpq's `sslmode`. Only 'verify-full' knows that the source is the one that is meant."""

    major: int = Field(ge=_OLDEST, le=18)
    """The source's major version of PostgreSQL."""

    type: Literal["microservice", "monolith"] = "microservice"
    """'microservice': one database becomes the application's, and all in it is the owner's.
    'monolith': databases and roles keep their names, and the application's database and its owner
    are among them."""

    databases: Sequence[Identifier]
    """The source's databases; `*` alone for all, with type 'monolith'."""

    roles: Sequence[Identifier] = ()
    """The source's roles, with type 'monolith'; `*` alone for all. None becomes a superuser."""

    schema_only: bool = False
    """Whether only the schema is imported, without rows."""

    post_import_sql: Annotated[Sequence[str], obeys(sql_has_no_empty_statement)] = ()
    """Statements run by the superuser in the application's database after the import, with type
    'microservice'."""

    options: ImportOptionsSpec = ImportOptionsSpec()
    """What of these databases is imported, and how fast."""

    deadline: Duration = "4h"
    """How long `pulumi up` waits for the import. It continues afterwards, too."""

    @rule("spec")
    def import_fits_its_type(self) -> Iterator[Fault]:
        """An import has what its type allows.

        CloudNativePG refuses others (cluster_webhook.go, validateMicroservice and
        validateMonolith, v1.30.0).
        """
        if self.type == "microservice":
            if len(self.databases) != 1 or _ALL in self.databases[0]:
                yield Fault("a 'microservice' has one database; write its name", ("databases",))
            if self.roles:
                yield Fault(
                    "a 'microservice' imports no roles, and the owner gets everything; leave it "
                    "out, or write type 'monolith'",
                    ("roles",),
                )
            return
        for field, found in (("databases", self.databases), ("roles", self.roles)):
            if len(found) > 1 and _ALL in found:
                yield Fault("'*' is all of them; leave the others out", (field,))
        if self.post_import_sql:
            yield Fault(
                "a 'monolith' runs no statements after it; leave it out", ("post_import_sql",)
            )

    @rule("spec")
    def import_leaves_out_rows_that_it_has(self) -> Iterator[Fault]:
        """Rows are left out of tables only where rows are imported.

        With `schema_only` none are, so that the list says nothing.
        """
        if self.schema_only and self.options.exclude_table_data:
            yield Fault(
                "with schema_only no rows are imported; leave it out",
                ("options", "exclude_table_data"),
            )

    @rule("spec")
    def import_knows_its_ca(self) -> Iterator[Fault]:
        """A certificate is verified by a CA that is known.

        Instances have no file of CAs at libpq's usual place, and `sslmode` verify-full without one
        connects to nothing (libpq, "SSL Support").
        """
        if self.ssl_mode.startswith("verify") and self.ca_secret is None:
            yield Fault(
                f"'{self.ssl_mode}' needs the CA that signed the source's certificate; write the "
                "Secret that has it",
                ("ca_secret",),
            )


def initdb_import(spec: ImportSpec | None) -> dict[str, Any]:
    """Return the part of `bootstrap.initdb` that imports; none where nothing is imported."""
    if spec is None:
        return {}
    roles = {"roles": [*spec.roles]} if spec.roles else {}
    sql = {"postImportApplicationSQL": [*spec.post_import_sql]} if spec.post_import_sql else {}
    schema = {"schemaOnly": True} if spec.schema_only else {}
    source = {"source": {"externalCluster": SOURCE}}
    return {
        "import": {"type": spec.type, "databases": [*spec.databases], **source}
        | roles
        | sql
        | schema
        | spec.options.written
    }


def import_source(spec: ImportSpec | None) -> dict[str, Any]:
    """Return the part of `Cluster.spec` that says where the source is.

    It is reached through the database `postgres`, which every server has.
    """
    if spec is None:
        return {}
    ca = {"sslRootCert": {"name": spec.ca_secret, "key": "ca.crt"}} if spec.ca_secret else {}
    return {
        "externalClusters": [
            {
                "name": SOURCE,
                "connectionParameters": {
                    "host": spec.host,
                    "port": str(spec.port),
                    "user": spec.user,
                    "dbname": "postgres",
                    "sslmode": spec.ssl_mode,
                },
                "password": {"name": spec.password_secret, "key": "password"},
                **ca,
            }
        ]
    }
