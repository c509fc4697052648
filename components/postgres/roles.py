"""Roles and databases beside the application's own, in the same cluster."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import pulumi
from pydantic import Field

from components.spec import Spec
from components.spec.rule import Fault, obeys, rule
from components.spec.words import Identifier, Name

_DATABASES = {"postgres", "template0", "template1"}
_ROLES = {"postgres", "streaming_replica"}
_PREFIXES = ("pg_", "cnpg_")
PASSWORD_KEYS = frozenset({"username", "password"})
"""What a Secret with a role's password holds; the name in it must be the role's."""


@rule("value", was="T215")
def role_is_not_reserved(value: str) -> Iterator[Fault]:
    """No role has a name of PostgreSQL's or CloudNativePG's.

    CloudNativePG refuses to manage those (pkg/postgres/roles.go, IsRoleReserved), and PostgreSQL to
    make one that begins with 'pg_'.
    """
    if value in _ROLES or value.startswith(_PREFIXES):
        yield Fault(f"'{value}' is a role of PostgreSQL's or CloudNativePG's; write another name")


@rule("value", was="T216")
def database_is_not_reserved(value: str) -> Iterator[Fault]:
    """No database has a name of PostgreSQL's own.

    The CRD refuses them ("the name postgres is reserved"), and each instance's own connections go
    to `postgres`.
    """
    if value in _DATABASES:
        yield Fault(f"'{value}' is a database of PostgreSQL's own; write another name")


@rule("value", was="T217")
def extension_name_is_valid(value: str) -> Iterator[Fault]:
    """An extension's name is of lower-case letters, digits, '_' and '-'.

    It is the name of its control file; another one leaves the whole Database unapplied.
    """
    if not re.fullmatch(r"[a-z_][-a-z0-9_]{0,62}", value):
        yield Fault(
            f"'{value}' is not an extension's name; write it as `pg_available_extensions` does, "
            "like 'uuid-ossp'"
        )


@rule("value", was="T218")
def names_are_listed_once(values: Sequence[str]) -> Iterator[Fault]:
    """A name is in a list once.

    CloudNativePG refuses an extension that is there twice (database_webhook.go,
    validateExtensions).
    """
    for value, count in Counter(values).items():
        if count > 1:
            yield Fault(f"'{value}' is named twice; write it once")


RoleName = Annotated[Identifier, obeys(role_is_not_reserved)]
DatabaseName = Annotated[Identifier, obeys(database_is_not_reserved)]
ExtensionName = Annotated[str, obeys(extension_name_is_valid)]


class RoleSpec(Spec):
    """A role beside the owner of the application's database; never a superuser.

    It lives in PostgreSQL: left out here it stays there, with what it owns.
    """

    password_secret: Name | None = None
    """Secret with its `username`, which is its name here, and its `password`, in the namespace; a
    label `cnpg.io/reload: "true"` on it makes a new password count at once. None: nobody logs in
    as it; it is for its members."""

    in_roles: Annotated[Sequence[Identifier], obeys(names_are_listed_once)] = ()
    """Roles whose privileges it has: of those declared here, the owner, or PostgreSQL's own such as
    'pg_read_all_data' and 'pg_monitor'."""

    connection_limit: int | None = Field(default=None, ge=1)
    """Most connections at a time, so that one job does not take all of `max_connections`; none
    means no limit."""


class DatabaseSpec(Spec):
    """A database beside the application's own, in the same instances and the same archive.

    One is not restored without the others. Left out here it stays in PostgreSQL: what deletes a
    database is a person.
    """

    owner: Identifier
    """The role that owns it: the owner of the application's database, or one of `roles`."""

    extensions: Annotated[Sequence[ExtensionName], obeys(names_are_listed_once)] = ()
    """Extensions to be made in it; the image must have them. Most need a superuser, which the owner
    is not and CloudNativePG is."""


def managed_roles(roles: Mapping[str, RoleSpec]) -> Mapping[str, Any]:
    """Return the part of `Cluster.spec` with the roles; nothing where there are none."""
    if not roles:
        return {}
    return {"managed": {"roles": [_role(name, spec) for name, spec in roles.items()]}}


def _role(name: str, spec: RoleSpec) -> dict[str, Any]:
    role: dict[str, Any] = {
        "name": name,
        "login": spec.password_secret is not None,
        "superuser": False,
    }
    if spec.password_secret:
        role["passwordSecret"] = {"name": spec.password_secret}
    if spec.in_roles:
        role["inRoles"] = list(spec.in_roles)
    if spec.connection_limit:
        role["connectionLimit"] = spec.connection_limit
    return role


def database_name(cluster: str, database: str) -> str:
    """Return the name of the Database object; '_' is in no object's name."""
    return f"{cluster}-{database.replace('_', '-')}-db"


def database(name: str, spec: DatabaseSpec, cluster: pulumi.Input[str]) -> Mapping[str, Any]:
    """Return `Database.spec`; with the object the database does not go."""
    extensions = [{"name": extension} for extension in spec.extensions]
    return {
        "cluster": {"name": cluster},
        "name": name,
        "owner": spec.owner,
        "databaseReclaimPolicy": "retain",
    } | ({"extensions": extensions} if extensions else {})
