"""Roles of a cluster, and what is in its databases."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Annotated, Any

import pulumi
from pydantic import Field

from components.spec import Spec
from components.spec.rule import Fault, obeys, rule
from components.spec.words import INT32_MOST, Identifier, Name

HEARTBEAT = "tier0_heartbeat"
"""The database that drills write into, and the role that does."""

_DATABASES = {"postgres", "template0", "template1"}
_ROLES = {"none", "postgres", "public", "streaming_replica"}
_PREFIXES = ("pg_", "cnpg_")
_PREDEFINED = {
    "pg_checkpoint": 15,
    "pg_create_subscription": 16,
    "pg_execute_server_program": 11,
    "pg_maintain": 17,
    "pg_monitor": 10,
    "pg_read_all_data": 14,
    "pg_read_all_settings": 10,
    "pg_read_all_stats": 10,
    "pg_read_server_files": 11,
    "pg_signal_autovacuum_worker": 18,
    "pg_signal_backend": 10,
    "pg_stat_scan_tables": 10,
    "pg_use_reserved_connections": 16,
    "pg_write_all_data": 14,
    "pg_write_server_files": 11,
}
"""PostgreSQL's own roles that may have members, with the first major version that has each (asked
14 to 18)."""

_NO_MEMBERS = "pg_database_owner"
_NEWEST = 18
PASSWORD_KEYS = frozenset({"username", "password"})
"""Keys of a Secret with a role's password; the user name in it must be the role's."""

OPERATORS_SECRETS = (*("app", "superuser", "ca", "server", "replication", "pooler", "pull-secret"),)
"""Ends of the names `<cluster>-...` of Secrets that CloudNativePG writes for a cluster, or reserves
(cluster_types.go, v1.30.0)."""


@rule("value", was="T215")
def role_is_not_reserved(value: str) -> Iterator[Fault]:
    """No role has a name that PostgreSQL or CloudNativePG reserves, or that drills use.

    CloudNativePG refuses to manage those (pkg/postgres/roles.go, IsRoleReserved), and PostgreSQL
    refuses to create 'none', 'public' and one that begins with 'pg_' (run on 14 to 18); as owner
    none of them lets a cluster start.
    """
    if value in _ROLES or value.startswith(_PREFIXES):
        yield Fault(f"'{value}' is reserved by PostgreSQL or CloudNativePG; choose another name")
    elif value == HEARTBEAT:
        yield Fault(f"'{value}' is the role of the drills; choose another name")


@rule("value", was="T216")
def database_is_not_reserved(value: str) -> Iterator[Fault]:
    """No database has a name that PostgreSQL reserves, or that drills use.

    The CRD refuses them ("the name postgres is reserved"), and each instance itself connects to
    `postgres`.
    """
    if value in _DATABASES:
        yield Fault(f"'{value}' is reserved by PostgreSQL; choose another name")
    elif value == HEARTBEAT:
        yield Fault(f"'{value}' is the database of the drills; choose another name")


@rule("value")
def database_name_fits_connection_string(value: str) -> Iterator[Fault]:
    """A database's name has no space and no backslash.

    CloudNativePG writes it into a connection string as it is (pool.go, GetDsn, v1.30.0), so the
    name would end there.
    """
    if " " in value or "\\" in value:
        yield Fault(
            f"'{value}' ends at a space or backslash in CloudNativePG's connection strings; write "
            "'-' or '_' for it"
        )


@rule("value", was="T217")
def extension_name_is_valid(value: str) -> Iterator[Fault]:
    """An extension's name has only lower-case letters, digits, '_' and '-'.

    It is the name of its control file; an unknown name leaves the whole Database unapplied.
    """
    if not re.fullmatch(r"[a-z_][-a-z0-9_]{0,62}", value):
        yield Fault(
            f"'{value}' is not an extension name; write it as `pg_available_extensions` does, "
            "like 'uuid-ossp'"
        )


@rule("value", was="T218")
def names_are_listed_once(values: Sequence[str]) -> Iterator[Fault]:
    """A name is listed once.

    CloudNativePG refuses an extension that is listed twice (database_webhook.go,
    validateExtensions).
    """
    for value, count in Counter(values).items():
        if count > 1:
            yield Fault(f"'{value}' is listed twice; write it once")


@rule("value")
def schema_is_not_reserved(value: str) -> Iterator[Fault]:
    """No schema has a name that PostgreSQL reserves.

    It refuses to create one that begins with 'pg_', `unacceptable schema name`, and has
    'information_schema' already (run on 14 to 18).
    """
    if value.startswith("pg_") or value == "information_schema":
        yield Fault(f"'{value}' is reserved by PostgreSQL; choose another name")


@rule("value")
def statement_holds_no_password(value: str) -> Iterator[Fault]:
    """SQL that is run once is SQL, and holds no password.

    It is text in the Cluster and in the arguments of a pod, which many may read
    (specs/jobs.go, 1.30).
    """
    if not value.strip() or "\0" in value:
        yield Fault("is not SQL; write a statement, like 'create schema reports'")
    elif re.search(r"\bpassword\s+'", value, re.IGNORECASE):
        yield Fault(
            "holds a password, which everybody reads who may read the Cluster; declare the role "
            "with its password_secret"
        )


RoleName = Annotated[Identifier, obeys(role_is_not_reserved)]
DatabaseName = Annotated[
    Identifier, obeys(database_is_not_reserved, database_name_fits_connection_string)
]
ExtensionName = Annotated[str, obeys(extension_name_is_valid)]
Extensions = Annotated[Sequence[ExtensionName], obeys(names_are_listed_once)]
Schemas = Mapping[Annotated[Identifier, obeys(schema_is_not_reserved)], Identifier]


class RoleSpec(Spec):
    """A role besides the owner of the application's database; never a superuser.

    It lives in PostgreSQL: if it is removed here, it stays there, with everything it owns.
    """

    password_secret: Name | None = None
    """Secret in the namespace, with its `username`, which is its name here, and its `password`;
    with the label `cnpg.io/reload: "true"` a new password takes effect at once. None: its password
    is not ours, and without `login` it cannot log in; it is a group for its members."""

    login: bool = False
    """Whether it may log in without a `password_secret`: by a certificate, which `pg_hba` asks for,
    or with a password that is set by hand, which stays. With a `password_secret` it may anyway."""

    in_roles: Annotated[Sequence[Identifier], obeys(names_are_listed_once)] = ()
    """Roles whose privileges it has: declared ones, the owner, or predefined ones such as
    'pg_read_all_data' and 'pg_monitor'."""

    replication: bool = False
    """Whether it may stream changes (`REPLICATION`), for change data capture or a subscriber. It
    may read the WAL of every database and make slots, which keep WAL: give it to such programs
    only. To stream the whole server, not one database, it needs a line in `pg_hba`, like 'hostssl
    replication cdc all scram-sha-256'."""

    connection_limit: int | None = Field(default=None, ge=1, le=INT32_MOST)
    """The most concurrent connections, so that one job does not take all of `max_connections`; none
    means no limit."""

    @property
    def logs_in(self) -> bool:
        """Whether it may log in."""
        return self.login or self.password_secret is not None


class DatabaseSpec(Spec):
    """A database besides the application's, in the same instances and the same archive.

    One is not restored without the others. If it is removed here, it stays in PostgreSQL: databases
    are deleted only by hand.
    """

    owner: Identifier
    """The role that owns it: the owner of the application's database, or one of `roles`."""

    extensions: Extensions = ()
    """Extensions to create in it; the image must contain them. Most need a superuser, which
    CloudNativePG is and the owner is not."""

    schemas: Schemas = Field(default={})
    """Schemas to create in it, each with the role that owns it. One that is removed here stays."""


class ApplicationSpec(Spec):
    """What is to be in the application's database before the application comes."""

    extensions: Extensions = ()
    """Extensions to create in it; the image must contain them. Most need a superuser, which
    CloudNativePG is and the owner is not."""

    schemas: Schemas = Field(default={})
    """Schemas to create in it, each with the role that owns it. One that is removed here stays."""

    post_init_sql: Sequence[Annotated[str, obeys(statement_holds_no_password)]] = ()
    """SQL that a superuser runs in it once, in this order, right after it is created; what that
    makes belongs to the superuser. If one fails, the database is not created. It holds for a new
    database only: a change does nothing to one that exists, and a restored one has its results."""


def predefined_fault(name: str, major: int) -> str | None:
    """Return `fault; fix` if PostgreSQL *major* has no predefined role *name* for members.

    A version that is newer than the table may have it.
    """
    if name == _NO_MEMBERS:
        return f"'{name}' cannot have members; write the role that owns the database"
    since = _PREDEFINED.get(name)
    if since is None and major <= _NEWEST:
        known = [role for role, first in _PREDEFINED.items() if first <= major]
        close = get_close_matches(name, known, n=1)
        fix = f"did you mean '{close[0]}'?" if close else f"write one of {', '.join(known)}"
        return f"'{name}' is not a predefined role; {fix}"
    if since and since > major:
        return f"'{name}' exists from PostgreSQL {since} on and the image has {major}; leave it out"
    return None


def managed_roles(roles: Mapping[str, RoleSpec]) -> Mapping[str, Any]:
    """Return the part of `Cluster.spec` with the roles; empty if there are none."""
    if not roles:
        return {}
    return {"managed": {"roles": [_role(name, spec) for name, spec in roles.items()]}}


def _role(name: str, spec: RoleSpec) -> dict[str, Any]:
    role: dict[str, Any] = {
        "name": name,
        "login": spec.logs_in,
        "superuser": False,
    }
    if spec.password_secret:
        role["passwordSecret"] = {"name": spec.password_secret}
    if spec.in_roles:
        role["inRoles"] = list(spec.in_roles)
    if spec.replication:
        role["replication"] = True
    if spec.connection_limit:
        role["connectionLimit"] = spec.connection_limit
    return role


def database_name(cluster: str, database: str) -> str:
    """Return the name of the Database object; an object's name cannot have '_'.

    Where more than that is replaced, a digest keeps apart what then looks alike.
    """
    if re.fullmatch(r"[-a-z0-9_]+", database):
        return f"{cluster}-{database.replace('_', '-')}-db"
    letters = re.findall(r"[a-z0-9]+", database.lower())
    digest = hashlib.sha256(database.encode()).hexdigest()[:8]
    return "-".join([cluster, *letters, digest, "db"])


def database(
    name: str,
    owner: str,
    contents: DatabaseSpec | ApplicationSpec,
    cluster: pulumi.Input[str],
) -> Mapping[str, Any]:
    """Return `Database.spec`; the database survives the deletion of the object."""
    schemas = [{"name": schema, "owner": whose} for schema, whose in contents.schemas.items()]
    extensions = [{"name": extension} for extension in contents.extensions]
    return {
        "cluster": {"name": cluster},
        "name": name,
        "owner": owner,
        "databaseReclaimPolicy": "retain",
        **({"schemas": schemas} if schemas else {}),
        **({"extensions": extensions} if extensions else {}),
    }
