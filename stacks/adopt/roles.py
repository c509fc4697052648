"""The owner of a Cluster's database, and the roles besides."""

from collections.abc import Sequence
from typing import Any

from components.postgres import RoleSpec
from stacks.adopt.document import Document, Fields

Made = dict[str, Any]
"""Fields of the PostgresSpec."""

_LOST = {
    "bypassrls": "has no word, so CloudNativePG takes it from the role",
    "comment": "has no word, so CloudNativePG empties it",
    "createdb": "has no word, so CloudNativePG takes it from the role",
    "createrole": "has no word, so CloudNativePG takes it from the role",
    "disablePassword": "has no word; it has no password, and gets none",
    "validUntil": "has no word, so the password never expires",
}
"""Attributes that CloudNativePG takes from a role where its entry does not name them (roles/
contract.go, 1.30)."""


def named(way: Fields) -> Made:
    """Read the database that a way of bootstrap names, and its owner."""
    database = way.text("database") or "app"
    made = {"database": database, "owner": way.text("owner") or database}
    secret = way.text("secret", "name")
    if secret == f"{way.document.name}-app":
        way.changed(("secret",), "is left out: it is the Secret that is read without")
        secret = None
    return made | ({"owner_secret": secret} if secret else {})


def _owner(cluster: Fields) -> tuple[str, bool]:
    """Return the owner of the database, and whether its Secret is named with it."""
    for way in ("recovery", "pg_basebackup", "initdb"):
        given = cluster.inside("bootstrap", way)
        if given or way == "initdb":
            found = given.at("owner") or given.at("database") or "app"
            return str(found), given.at("secret", "name") is not None
    return "app", False


def roles(cluster: Fields) -> Made:
    """Read the roles besides the owner."""
    made: Made = {}
    owner, has_secret = _owner(cluster)
    owners: Made = {}
    for given in cluster.items("managed", "roles"):
        name = given.text("name")
        if name is None:
            continue
        if given.at("ensure") == "absent":
            given.kept_out(("ensure",), f"'{name}' stays out: tier0 drops no role")
            given.document.taken.add(given.path)
        elif name == owner:
            secret = given.text("passwordSecret", "name")
            if secret and not has_secret and secret != f"{given.document.name}-app":
                owners["owner_secret"] = secret
            given.changed(
                (), f"'{name}' is the owner, which is declared as such, and keeps its attributes"
            )
        else:
            made[name] = _role(name, given)
    return owners | ({"roles": made} if made else {})


def _role(name: str, given: Fields) -> RoleSpec:
    made: Made = {}
    secret = given.text("passwordSecret", "name")
    login = given.flag("login")
    if secret:
        made["password_secret"] = secret
        if login is not True:
            given.changed(("login",), f"'{name}' has a password, so it may log in")
    if login:  # also with a Secret, which `check` may refuse
        made["login"] = True
    _lost(given)
    if given.flag("replication"):
        made["replication"] = True
    if members := given.texts("inRoles"):
        made["in_roles"] = members
    limit = given.number("connectionLimit")
    if limit is not None and limit > 0:
        made["connection_limit"] = limit
    return RoleSpec(**made)


def _lost(given: Fields) -> None:
    """Say what a role loses."""
    if given.flag("superuser"):
        given.changed(("superuser",), "true becomes false; no role of tier0 is a superuser")
    if given.flag("inherit") is False:
        given.changed(("inherit",), "false becomes true: it has the privileges of its groups")
    for field, said in _LOST.items():
        if given.at(field) not in (None, False, ""):
            given.kept_out((field,), said)


def standing(documents: Sequence[Document], made: Made) -> Made:
    """Read the DatabaseRoles of a Cluster, of which *made* has its own roles.

    CloudNativePG goes by those of the Cluster where both name a role, and drops none of them with a
    DatabaseRole (databaserole_controller.go, shouldDropRole, 1.30).
    """
    roles: Made = {}
    for document in documents:
        given = document.spec
        name = given.text("name") or document.name
        if name == made["owner"] or given.at("clientCertificate", "enabled"):
            document.say("kept out", (), "stays as it is, and is not declared")
            document.taken.add(("spec",))
            continue
        given.text("cluster", "name")
        given.text("databaseRoleReclaimPolicy")  # nothing drops a role that a Cluster has
        role = _role(name, given)
        if name not in made.get("roles", {}):
            roles[name] = role
    return {"roles": made.get("roles", {}) | roles} if roles else {}
