"""Rules between the fields of a database's spec."""

import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from components.postgres.images import has_barman
from components.postgres.parameters import parameter_bytes, value_of
from components.postgres.pooler import pooler_name
from components.postgres.roles import OPERATORS_SECRETS, predefined_fault
from components.postgres.settings import UnreadableError, settings, unknown
from components.postgres.spec import PostgresSpec
from components.postgres.wal import least_wal
from components.spec.rule import Fault, rule
from components.spec.words import size_bytes


@rule("spec", was="T204", of=PostgresSpec)
def in_tree_image_has_barman(spec: PostgresSpec) -> Iterator[Fault]:
    """The in-tree method has an image that contains Barman.

    CloudNativePG's flavours `minimal` and `standard` have none (postgres-containers, README), and
    each upload fails. If the name does not say, `in-tree-image-is-known` is a hint.
    """
    if spec.backup.method == "in-tree" and has_barman(spec.image) is False:
        yield Fault(
            f"method 'in-tree' needs Barman inside the image, and '{spec.image}' has none; write a "
            "'-system-' image or method 'plugin'"
        )


@rule("spec", was="T205", of=PostgresSpec)
def synchronous_has_replica(spec: PostgresSpec) -> Iterator[Fault]:
    """Synchronous replication has a replica to wait for.

    CloudNativePG refuses it without a replica (cluster_webhook.go, validateSynchronousReplication).
    """
    if spec.synchronous and spec.instances == 1:
        yield Fault(
            f"synchronous '{spec.synchronous.durability}' with 1 instance has no replica to wait "
            "for; write 3 instances, or leave synchronous out"
        )


@rule("spec", of=PostgresSpec)
def switchover_has_replica(spec: PostgresSpec) -> Iterator[Fault]:
    """A primary that is updated by a switchover has a replica.

    Without one there is nothing to switch to, and its pod restarts (rolling_update.md, 1.30).
    """
    if spec.primary_update_method == "switchover" and spec.instances == 1:
        yield Fault(
            "'switchover' with 1 instance has no replica to switch to; write 2 instances, or leave "
            "it out",
            ("primary_update_method",),
        )


@rule("spec", was="T207", of=PostgresSpec)
def synchronous_has_enough_replicas(spec: PostgresSpec) -> Iterator[Fault]:
    """No commit waits for more replicas than exist.

    CloudNativePG refuses it (cluster_webhook.go, validateSynchronousReplicaConfiguration).
    """
    if spec.synchronous and 1 < spec.instances <= spec.synchronous.number:
        yield Fault(
            f"{spec.synchronous.number} replicas are more than {spec.instances} instances have; "
            f"write at most {spec.instances - 1}",
            ("synchronous", "number"),
        )


@rule("spec", of=PostgresSpec)
def parameter_fits_postgresql(spec: PostgresSpec) -> Iterator[Fault]:
    """The image's PostgreSQL has each parameter and accepts its value.

    Otherwise it does not start: `configuration file ... contains errors` (run on 15). Units are
    PostgreSQL's, 'MB' and 'min', not Kubernetes' 'Mi'. A name with a dot belongs to an extension
    and is not judged. The rule uses PostgreSQL's own list (components/postgres/settings.py).
    """
    known = settings(spec.major)
    for name, value in spec.parameters.items():
        place = ("parameters", name)
        if "." in name:
            continue
        if name not in known:
            yield Fault(unknown(name, spec.major), place)
        elif known[name].fixed:
            yield Fault("is fixed when PostgreSQL is built or initialized; leave it out", place)
        else:
            try:
                known[name].read(value)
            except UnreadableError as refused:
                yield Fault(f"'{value}' {refused}", place)


@rule("spec", was="T220", of=PostgresSpec)
def wal_sizes_fit_volume(spec: PostgresSpec) -> Iterator[Fault]:
    """min_wal_size is below max_wal_size, and that is below the WAL volume.

    Between checkpoints WAL grows to `max_wal_size`, by default 1 GB: a smaller volume fills up by
    itself. CloudNativePG checks only explicit values (cluster_webhook.go,
    validateWalSizeConfiguration).
    """
    usual = least_wal(spec)
    least = parameter_bytes(spec.parameters, "min_wal_size", usual)
    most = parameter_bytes(spec.parameters, "max_wal_size", "1GB")
    if least >= most > 0:
        smallest = spec.parameters.get("min_wal_size", usual)
        largest = spec.parameters.get("max_wal_size", "1GB")
        yield Fault(
            f"min_wal_size '{smallest}' is not below max_wal_size '{largest}'; lower min_wal_size "
            "or raise max_wal_size",
            ("parameters",),
        )
    if spec.wal_storage and size_bytes(spec.wal_storage) <= most:
        given = spec.parameters.get("max_wal_size", "1GB")
        yield Fault(
            f"'{spec.wal_storage}' does not hold max_wal_size '{given}' and the WAL that waits to "
            "be archived; write more",
            ("wal_storage",),
        )


@rule("spec", was="T221", of=PostgresSpec)
def wal_class_has_volume(spec: PostgresSpec) -> Iterator[Fault]:
    """A class of WAL volumes is declared only with WAL volumes.

    A class alone creates no volume, and WAL would not be where the reader expects it.
    """
    if spec.wal_storage:
        return
    fix = "write wal_storage too, or leave it out"
    if spec.wal_storage_class:
        yield Fault(
            f"'{spec.wal_storage_class}' is for WAL volumes, and there are none; {fix}",
            ("wal_storage_class",),
        )
    if spec.snapshots and spec.snapshots.wal_class_name:
        yield Fault(
            f"'{spec.snapshots.wal_class_name}' is for WAL volumes, and there are none; {fix}",
            ("snapshots", "wal_class_name"),
        )


@rule("spec", was="T222", of=PostgresSpec)
def commits_wait_for_replicas(spec: PostgresSpec) -> Iterator[Fault]:
    """If commits wait for replicas, no parameter undoes that.

    With `synchronous_commit` 'off' or 'local' no commit waits, whatever CloudNativePG configures
    (PostgreSQL, "Write Ahead Log").
    """
    given = spec.parameters.get("synchronous_commit", "on")
    read = value_of(spec.parameters, "synchronous_commit", "on")
    if spec.synchronous and read in {"off", "local", "false", "no", "0"}:
        yield Fault(
            f"synchronous_commit '{given}' waits for no replica, although synchronous is "
            "declared; leave one of them out",
            ("parameters",),
        )


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


@rule("spec", of=PostgresSpec)
def archive_folder_is_of_no_generation(spec: PostgresSpec) -> Iterator[Fault]:
    """The folder of the first archive is none that a later generation has.

    Generation 2 archives to `<cluster>-g2`: one archive would mix two database systems.
    """
    given = spec.backup.server_name
    if given and re.fullmatch(rf"{re.escape(spec.cluster)}-g[0-9]+", given):
        yield Fault(
            f"'{given}' is the folder of a later generation of '{spec.cluster}'; write another "
            "cluster, or move the archive",
            ("backup", "server_name"),
        )


@rule("spec", was="T226", of=PostgresSpec)
def service_name_is_not_generated(spec: PostgresSpec) -> Iterator[Fault]:
    """The stable Service does not have a name that CloudNativePG generates.

    CloudNativePG creates `-rw`, `-r` and `-ro` after the cluster's name, and one for a pooler. It
    stops if one exists that it did not create (cluster_create.go, "refusing to reconcile service").
    """
    taken = {f"{cluster}-{suffix}" for cluster in spec.clusters for suffix in ("rw", "r", "ro")}
    taken |= {pooler_name(spec.cluster, reached) for reached in spec.poolers}
    if spec.service in taken:
        yield Fault(
            f"'{spec.service}' is a Service that CloudNativePG creates; choose another name",
            ("service",),
        )


@rule("spec", was="T228", of=PostgresSpec)
def cold_snapshot_has_replica(spec: PostgresSpec) -> Iterator[Fault]:
    """A snapshot that stops an instance has a replica to stop.

    With a single instance it is a scheduled outage: the primary is fenced for its duration
    (CloudNativePG, backup_volumesnapshot.md, "Hot and cold backups").
    """
    if spec.snapshots and not spec.snapshots.online and spec.instances == 1:
        yield Fault(
            "an offline snapshot stops the only instance each time; write 2 instances, or leave "
            "online out",
            ("snapshots", "online"),
        )
