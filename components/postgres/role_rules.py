"""Rules about the roles of a database: who they are, what they own, which Secrets are theirs."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from components.postgres.roles import OPERATORS_SECRETS, predefined_fault
from components.postgres.spec import PostgresSpec
from components.spec.rule import Fault, rule


@rule("spec", was="T223", of=PostgresSpec)
def database_and_role_names_are_unique(spec: PostgresSpec) -> Iterator[Fault]:
    """Further databases and roles do not reuse the application's names.

    Two declarations would set one password, or own one database, and each would undo the other.
    """
    if spec.database in spec.databases:
        yield Fault(
            f"'{spec.database}' is already the application's database; declare what is in it as "
            "application=ApplicationSpec(...), or choose another name",
            ("databases", spec.database),
        )
    if spec.owner in spec.roles:
        yield Fault(
            f"'{spec.owner}' already owns the application's database; choose another name",
            ("roles", spec.owner),
        )


def _owners(spec: PostgresSpec) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each declared owner of an object, and where it is declared."""
    for name, database in spec.databases.items():
        yield database.owner, ("databases", name, "owner")
    for name, contents in spec.contents.items():
        place = ("databases", name) if name in spec.databases else ("application",)
        for schema, owner in contents.schemas.items():
            yield owner, (*place, "schemas", schema)


@rule("spec", was="T224", of=PostgresSpec)
def owners_and_groups_exist(spec: PostgresSpec) -> Iterator[Fault]:
    """Owners of databases and schemas, and groups of roles, are declared roles.

    A group may be predefined in PostgreSQL too. CloudNativePG continues without them: the Database
    is not applied, the role is listed under `cannotReconcile`, and the Cluster is Ready
    (declarative_role_management.md).
    """
    known = sorted({spec.owner, *spec.roles})
    for owner, place in _owners(spec):
        if owner not in known:
            yield Fault(
                f"'{owner}' is not a role; write one of {', '.join(known)}, or add it to roles",
                place,
            )
    for name, role in spec.roles.items():
        for group in role.in_roles:
            if group == name or (group not in known and not group.startswith("pg_")):
                others = ", ".join(it for it in known if it != name)
                yield Fault(
                    f"'{group}' is not another role; write one of {others}, or a predefined one "
                    "like "
                    "'pg_monitor'",
                    ("roles", name, "in_roles"),
                )


@rule("spec", of=PostgresSpec)
def predefined_roles_exist(spec: PostgresSpec) -> Iterator[Fault]:
    """The image's PostgreSQL has each predefined role, and it may have members.

    `role "pg_maintain" does not exist` before 17, and `pg_database_owner` `cannot have explicit
    members` (run on 14 to 18).
    """
    for name, role in spec.roles.items():
        for group in role.in_roles:
            if group.startswith("pg_") and (fault := predefined_fault(group, spec.major)):
                yield Fault(fault, ("roles", name, "in_roles"))


@rule("spec", of=PostgresSpec)
def groups_form_no_circle(spec: PostgresSpec) -> Iterator[Fault]:
    """No role is a member of itself, through whatever other roles.

    PostgreSQL refuses the grant that closes the circle, `role "b" is a member of role "a"` (run on
    14 to 18), and CloudNativePG lists the role under `cannotReconcile`.
    """
    groups = {name: set(role.in_roles) - {name} for name, role in spec.roles.items()}
    while True:
        try:
            TopologicalSorter(groups).prepare()
        except CycleError as found:
            *circle, _ = found.args[1]
            start = circle.index(min(circle))
            circle = circle[start:] + circle[:start]
            first, *between, last = circle
            way = f", through {' and '.join(reversed(between))}" if between else ""
            yield Fault(
                f"'{last}' is a member of '{first}' already{way}; leave one of them out",
                ("roles", first, "in_roles"),
            )
            groups[first] -= {last}
        else:
            return


@rule("spec", of=PostgresSpec)
def superuser_secret_is_used(spec: PostgresSpec) -> Iterator[Fault]:
    """A Secret of the superuser is declared only where the superuser may log in.

    CloudNativePG takes the password away otherwise, and does not read the Secret
    (instance_controller.go, reconcileSuperuserPassword, 1.30).
    """
    if spec.superuser_secret and not spec.superuser_access:
        yield Fault(
            f"'{spec.superuser_secret}' is not read while superuser_access is off; leave it out, "
            "or write superuser_access too",
            ("superuser_secret",),
        )


@rule("spec", was="T225", of=PostgresSpec)
def role_secrets_are_unique(spec: PostgresSpec) -> Iterator[Fault]:
    """No two roles share a Secret.

    The user name in it must be the role's (CloudNativePG, roles/runnable.go, getPassword), and the
    operator itself writes the owner's Secret and those of its certificates.
    """
    owners = {
        f"{cluster}-{end}": "CloudNativePG"
        for cluster in spec.clusters
        for end in OPERATORS_SECRETS
    }
    for field in ("owner_secret", "superuser_secret"):
        secret = getattr(spec, field)
        if secret in owners:
            yield Fault(
                f"'{secret}' belongs to {owners[secret]}; leave it out, or write another Secret, "
                "with this role's name in it",
                (field,),
            )
        elif secret:
            owners[secret] = field
    for name, role in spec.roles.items():
        if role.password_secret is None:
            continue
        if role.password_secret in owners:
            yield Fault(
                f"'{role.password_secret}' belongs to {owners[role.password_secret]}; write "
                "another Secret, with this role's name in it",
                ("roles", name, "password_secret"),
            )
        owners.setdefault(role.password_secret, f"roles.{name}")
