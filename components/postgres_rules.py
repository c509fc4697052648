"""Rules between the fields of a database's spec."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from components.parameters import parameter_bytes
from components.pooler import pooler_name
from components.rule import Fault, rule
from components.words import size_bytes

if TYPE_CHECKING:
    from components.postgres import PostgresSpec

_MAX_CONNECTIONS = 100
_RESERVED_CONNECTIONS = 10
"""What is left of `max_connections` for a superuser, CloudNativePG and whoever repairs."""


@rule("T219", "spec")
def memory_holds_shared_buffers(spec: "PostgresSpec") -> Iterator[Fault]:
    """Memory holds PostgreSQL's shared buffers, and more.

    CloudNativePG refuses shared buffers above what is reserved (cluster_webhook.go,
    validateResources); with as much, the first backend beside them is killed.
    """
    if spec.resources is None:
        return
    shared = parameter_bytes(spec.parameters, "shared_buffers", "128MB")
    if shared >= size_bytes(spec.resources.memory):
        given = spec.parameters.get("shared_buffers", "128MB")
        yield Fault(
            f"'{spec.resources.memory}' does not hold shared_buffers '{given}' and backends; "
            "write four times that",
            ("resources", "memory"),
        )


@rule("T220", "spec")
def volume_holds_wal(spec: "PostgresSpec") -> Iterator[Fault]:
    """The smallest WAL size is below the largest, and that is below the WAL volume.

    Between checkpoints WAL grows to `max_wal_size`, 1 GB where nothing is said: a smaller volume
    fills up by itself. CloudNativePG refuses what is said only (cluster_webhook.go,
    validateWalSizeConfiguration).
    """
    least = parameter_bytes(spec.parameters, "min_wal_size", "80MB")
    most = parameter_bytes(spec.parameters, "max_wal_size", "1GB")
    if least >= most:
        yield Fault("min_wal_size is not less than max_wal_size; write less", ("parameters",))
    if spec.wal_storage and size_bytes(spec.wal_storage) <= most:
        given = spec.parameters.get("max_wal_size", "1GB")
        yield Fault(
            f"'{spec.wal_storage}' does not hold max_wal_size '{given}' and what waits to be "
            "archived; write more",
            ("wal_storage",),
        )


@rule("T221", "spec")
def wal_classes_have_volumes(spec: "PostgresSpec") -> Iterator[Fault]:
    """A class of WAL volumes is named only where there are any.

    Of a class alone nothing is made, and WAL would be where nobody thinks it is.
    """
    if spec.wal_storage:
        return
    mend = "write wal_storage too, or leave it out"
    if spec.wal_storage_class:
        yield Fault(
            f"'{spec.wal_storage_class}' is for WAL volumes, and there are none; {mend}",
            ("wal_storage_class",),
        )
    if spec.snapshots and spec.snapshots.wal_class_name:
        yield Fault(
            f"'{spec.snapshots.wal_class_name}' is for WAL volumes, and there are none; {mend}",
            ("snapshots", "wal_class_name"),
        )


@rule("T222", "spec")
def commits_wait(spec: "PostgresSpec") -> Iterator[Fault]:
    """Where commits wait for replicas, no parameter lets them go.

    With `synchronous_commit` 'off' or 'local' none of them waits for anybody, whatever
    CloudNativePG is told (PostgreSQL, "Write Ahead Log").
    """
    given = spec.parameters.get("synchronous_commit", "on")
    if spec.synchronous and given in {"off", "local"}:
        yield Fault(
            f"synchronous_commit '{given}' waits for no replica, and synchronous promises it; "
            "leave one of them out",
            ("parameters",),
        )


@rule("T223", "spec")
def names_are_apart(spec: "PostgresSpec") -> Iterator[Fault]:
    """Databases and roles beside the application's own have other names.

    Two hands would set one password, or own one database, and each would undo what the other does.
    """
    if spec.database in spec.databases:
        yield Fault(
            f"'{spec.database}' is the application's database already; write another name",
            ("databases", spec.database),
        )
    if spec.owner in spec.roles:
        yield Fault(
            f"'{spec.owner}' owns the application's database already; write another name",
            ("roles", spec.owner),
        )


@rule("T224", "spec")
def owners_and_groups_exist(spec: "PostgresSpec") -> Iterator[Fault]:
    """Whoever owns a database, or whose member a role is, is declared or PostgreSQL's own.

    CloudNativePG goes on without: the Database is not applied, the role is listed under
    `cannotReconcile`, and the Cluster is Ready (declarative_role_management.md).
    """
    known = sorted({spec.owner, *spec.roles})
    for name, database in spec.databases.items():
        if database.owner not in known:
            yield Fault(
                f"'{database.owner}' is no role; write one of {', '.join(known)}, or add it to "
                "roles",
                ("databases", name, "owner"),
            )
    for name, role in spec.roles.items():
        for group in role.in_roles:
            if group == name or (group not in known and not group.startswith("pg_")):
                others = ", ".join(it for it in known if it != name)
                yield Fault(
                    f"'{group}' is no other role; write one of {others}, or PostgreSQL's own like "
                    "'pg_monitor'",
                    ("roles", name, "in_roles"),
                )


@rule("T225", "spec")
def passwords_are_apart(spec: "PostgresSpec") -> Iterator[Fault]:
    """Each role has a Secret of its own.

    The user name in it must be the role's (CloudNativePG, roles/runnable.go, getPassword), and the
    operator writes the Secret of the owner and those of its certificates.
    """
    owners = {
        f"{spec.cluster}-{suffix}": "CloudNativePG"
        for suffix in ("app", "superuser", "ca", "server", "replication", "pooler")
    }
    for name, role in spec.roles.items():
        if role.password_secret is None:
            continue
        if role.password_secret in owners:
            yield Fault(
                f"'{role.password_secret}' is {owners[role.password_secret]}'s; write another "
                "Secret, with this role's name in it",
                ("roles", name, "password_secret"),
            )
        owners.setdefault(role.password_secret, f"roles.{name}")


@rule("T226", "spec")
def service_is_ours(spec: "PostgresSpec") -> Iterator[Fault]:
    """The stable Service is none that CloudNativePG makes.

    It makes `-rw`, `-r` and `-ro` of the cluster's name, and one for a pooler. It refuses to go on
    where one is there that it has not made (cluster_create.go, "refusing to reconcile service").
    """
    taken = {f"{spec.cluster}-{suffix}" for suffix in ("rw", "r", "ro")}
    if spec.pooler:
        taken.add(pooler_name(spec.cluster))
    if spec.service in taken:
        yield Fault(
            f"'{spec.service}' is a Service of CloudNativePG's; write another name",
            ("service",),
        )


@rule("T227", "spec")
def connections_suffice(spec: "PostgresSpec") -> Iterator[Fault]:
    """PostgreSQL has the connections that pools open.

    Each PgBouncer opens its own pool; beyond `max_connections`, 100 where nothing is said, a client
    of the pool is told "too many clients" by a server that has idle connections.
    """
    given = spec.parameters.get("max_connections", str(_MAX_CONNECTIONS))
    if spec.pooler is None or not given.isdecimal():
        return
    opened = spec.pooler.instances * spec.pooler.default_pool_size
    if opened > int(given) - _RESERVED_CONNECTIONS:
        yield Fault(
            f"{spec.pooler.instances} pools of {spec.pooler.default_pool_size} do not fit into "
            f"max_connections {given} with {_RESERVED_CONNECTIONS} to spare; write smaller pools "
            f"or max_connections '{opened + _RESERVED_CONNECTIONS}'",
            ("pooler", "default_pool_size"),
        )


@rule("T228", "spec")
def cold_snapshots_stop_a_replica(spec: "PostgresSpec") -> Iterator[Fault]:
    """A snapshot that stops an instance has a replica to stop.

    Of a single instance it is an outage on a schedule: the primary is fenced for its duration
    (CloudNativePG, backup_volumesnapshot.md, "Hot and cold backups").
    """
    if spec.snapshots and not spec.snapshots.online and spec.instances == 1:
        yield Fault(
            "a snapshot that is not online stops the only instance each time; write 2 instances, "
            "or leave online out",
            ("snapshots", "online"),
        )


RULES = (
    memory_holds_shared_buffers,
    volume_holds_wal,
    wal_classes_have_volumes,
    commits_wait,
    names_are_apart,
    owners_and_groups_exist,
    passwords_are_apart,
    service_is_ours,
    connections_suffice,
    cold_snapshots_stop_a_replica,
)
"""All of them."""
