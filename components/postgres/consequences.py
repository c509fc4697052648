"""What a possible change of a database that exists brings with it."""

from collections.abc import Iterator
from dataclasses import dataclass

from components.kube.change import Change, text_at
from components.postgres.changes import (
    ENFORCED,
    OPERATORS_DEFAULTS,
    ClusterChange,
    DatabaseChange,
    fell,
    parameters_of,
)
from components.postgres.drills import DRILLS_NAMESPACE
from components.postgres.parameters import value_of
from components.spec.addresses import one_store
from components.spec.rule import Fault, rule
from components.spec.words import is_retention, retention_days


@rule("consequence", of=ClusterChange)
def major_upgrade_begins_a_window(change: ClusterChange) -> Iterator[Fault]:
    """A major upgrade stops the database and begins a new recovery window.

    All instances stop during pg_upgrade, replicas are cloned again, statistics are not transferred
    (postgres_upgrades.md). The schedule of the new generation makes a base backup at once; the
    archive of the old one is not touched, and no retention applies to it any more.
    """
    old, new = change.servers
    if not (found := change.upgrade) or old == new:
        return
    yield Fault(
        f"PostgreSQL {found[0].major} becomes {found[1].major}: all instances stop meanwhile, and "
        f"the recovery window begins with the first base backup in '{new}'; have a fresh base "
        f"backup in '{old}' before, see that the new one completes, then run ANALYZE "
        "(docs/runbooks/major-upgrade.md)",
        ("spec", "imageName"),
    )


@rule("consequence", of=ClusterChange)
def collations_follow_the_image(change: ClusterChange) -> Iterator[Fault]:
    """Another Debian sorts texts otherwise, so indexes on texts are made again.

    The order is that of the image's C library: after a change an index on a text silently misses
    rows, or lets duplicates in (PostgreSQL wiki, "Locale data changes").
    """
    found = change.images
    names = [it.distribution for it in found or ()]
    if None not in names and len(set(names)) > 1 and not change.upgrade:
        yield Fault(
            f"{names[0]} becomes {names[1]}, which may sort texts otherwise, and indexes on texts "
            "then miss rows; run REINDEX and ALTER DATABASE ... REFRESH COLLATION VERSION in each "
            "database right after",
            ("spec", "imageName"),
        )


@rule("consequence", of=ClusterChange)
def enforced_parameter_restarts_the_primary_first(change: ClusterChange) -> Iterator[Fault]:
    """A lower value that replicas depend on restarts the primary before them.

    A replica refuses to start with less than the WAL says of the primary. An old primary that is
    demoted meanwhile does not start again (cloudnative-pg #10716, open with 1.30).
    """
    before, after = parameters_of(change.old), parameters_of(change.new)
    for name, usual in ENFORCED.items():
        old, new = before.get(name, usual), after.get(name, usual)
        valued = name in after or name in OPERATORS_DEFAULTS
        if change.has_replicas and valued and fell(name, old, new):
            yield Fault(
                f"'{old}' becomes '{new}', which restarts the primary first, and "
                "an old primary may not start after a switchover meanwhile; apply it while all "
                "instances are ready",
                ("spec", "postgresql", "parameters", name),
            )


@rule("consequence", of=ClusterChange)
def logical_slots_need_their_wal_level(change: ClusterChange) -> Iterator[Fault]:
    """With a logical replication slot PostgreSQL does not start below `wal_level` 'logical'.

    "logical replication slot exists, but wal_level < logical" (PostgreSQL, slot.c). CloudNativePG's
    default is 'logical'.
    """
    before, after = (
        value_of(parameters_of(it), "wal_level", "logical") for it in (change.old, change.new)
    )
    if before == "logical" != after:
        yield Fault(
            f"'logical' becomes '{after}', with which PostgreSQL does not start while a logical "
            "replication slot exists; drop such slots first",
            ("spec", "postgresql", "parameters", "wal_level"),
        )


@rule("consequence", of=ClusterChange)
def storage_class_affects_new_volumes(change: ClusterChange) -> Iterator[Fault]:
    """Another StorageClass is that of new volumes; existing ones stay where they are.

    CloudNativePG moves nothing: an instance gets the class when it is created again (storage.md).
    """
    for field in ("storage", "walStorage"):
        place = ("spec", field, "storageClass")
        before, after = change.texts(*place)
        # Another program's manifest may say it in a template.
        before = before or text_at(change.old, "spec", field, "pvcTemplate", "storageClassName")
        if all(change.values("spec", field)) and before != after:
            yield Fault(
                f"{_called(before)} becomes {_called(after)} for new volumes only; create the "
                "instances again, one by one, to move them",
                place,
            )


@rule("consequence", of=ClusterChange)
def role_stays_in_postgresql(change: ClusterChange) -> Iterator[Fault]:
    """A role that is not declared any more stays in PostgreSQL, with its password.

    CloudNativePG then ignores it (declarative_role_management.md, "Unmanaged"). The owner of the
    application's database is none of them.
    """
    before, after = change.names("spec", "managed", "roles")
    owner = change.texts("spec", "bootstrap", "initdb", "owner")[1]
    for name in sorted(before - after - {owner}):
        yield Fault(
            f"'{name}' stays in PostgreSQL, and its password with it; drop the role by hand once "
            "nothing uses it",
            ("spec", "managed", "roles", name),
        )


@rule("consequence", of=ClusterChange)
def host_name_leaves_the_certificate(change: ClusterChange) -> Iterator[Fault]:
    """A host name that is taken away reaches nothing any more.

    Its Service is deleted, and clients that verify the server's certificate refuse it.
    """
    place = ("spec", "certificates", "serverAltDNSNames")
    before, after = (names or () for names in change.values(*place))
    own = change.texts("spec", "certificates", "serverTLSSecret")[1]
    for name in () if own else before:
        if name not in after and not str(name).endswith(".cluster.local"):
            yield Fault(
                f"{name} reaches the database no more; have its clients use {next(iter(after), '')}"
                " first",
                place,
            )


@rule("consequence", of=ClusterChange)
def shorter_retention_deletes_backups(change: ClusterChange) -> Iterator[Fault]:
    """A shorter retention deletes older base backups and their WAL within minutes.

    The plugin applies it every five minutes (instance/retention.go, v0.15.0). Nothing brings them
    back but an off-site copy.
    """
    yield from _shorter(change, ("spec", "backup", "retentionPolicy"))


def _shorter(change: Change, place: tuple[str, ...]) -> Iterator[Fault]:
    before, after = change.texts(*place)
    if not (before and after and is_retention(before)):
        return
    if retention_days(after) < retention_days(before):
        yield Fault(
            f"'{before}' becomes '{after}', so base backups from before that are deleted within "
            "minutes, with their WAL; copy what is still needed first",
            place,
        )


@rule("consequence", of=ClusterChange)
def other_bucket_in_tree_begins_a_window(change: ClusterChange) -> Iterator[Fault]:
    """In another bucket or store the recovery window begins again, with the in-tree method too.

    WAL goes there at once, and is restorable only from the next base backup on. What was archived
    stays where it is, and no retention applies to it.
    """
    yield from _elsewhere(change, ("spec", "backup", "barmanObjectStore"))


def _elsewhere(change: Change, store: tuple[str, ...]) -> Iterator[Fault]:
    for place, before, after in _moved(change, store):
        yield Fault(
            f"{before} becomes {after}, so the recovery window begins with the first base backup "
            "there; make one right after, and keep the old archive for as long as its window is "
            "needed",
            place,
        )


def _moved(change: Change, store: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Yield the fields that say where an archive is and differ, each with both texts."""
    for field in ("destinationPath", "endpointURL"):
        place = (*store, field)
        before, after = change.texts(*place)
        if not (before and after) or before == after:
            continue
        here = text_at(change.new, "metadata", "namespace") or ""
        if field != "endpointURL" or not one_store(before, after, here):
            yield place, before, after


@rule("consequence", of=DatabaseChange)
def contents_stay_in_the_database(change: DatabaseChange) -> Iterator[Fault]:
    """An extension or a schema that is not declared any more stays in the database, with its data.

    CloudNativePG drops only what is declared `absent` (declarative_database_management.md).
    """
    for field, kind in (("extensions", "extension"), ("schemas", "schema")):
        before, after = change.names("spec", field)
        for name in sorted(before - after):
            yield Fault(
                f"'{name}' stays in the database; drop the {kind} by hand once nothing uses it",
                ("spec", field, name),
            )


@dataclass(frozen=True)
class PoolerChange(Change):
    """A change of a Pooler."""


@rule("consequence", of=PoolerChange)
def pooler_is_made_again(change: PoolerChange) -> Iterator[Fault]:
    """A Pooler of another Cluster is another Pooler, which ends the connections through it.

    "cluster reference is immutable after creation" (pooler_types.go, v1.30.0). Pulumi makes it
    again. Argo CD compares by an apply that is only tried, which the API server refuses, and then
    applies nothing of the tree (argo-cd #29348).
    """
    before, after = change.texts("spec", "cluster", "name")
    if before and after and before != after:
        name, namespace = (text_at(change.new, "metadata", it) for it in ("name", "namespace"))
        yield Fault(
            f"it is made again for '{after}', which ends the connections through it; where Argo CD "
            f"applies the tree, run `kubectl -n {namespace} delete pooler {name}` after the commit",
            ("spec", "cluster", "name"),
        )


def _called(storage_class: str) -> str:
    return f"'{storage_class}'" if storage_class else "the default class"


@dataclass(frozen=True)
class ArchiveChange(Change):
    """A change of an ObjectStore of the plugin."""

    @property
    def of_a_copy(self) -> bool:
        """Whether it is that of an off-site copy, to which no retention applies."""
        return not text_at(self.old, "spec", "retentionPolicy")

    @property
    def of_drills(self) -> bool:
        """Whether drills only read it."""
        return text_at(self.new, "metadata", "namespace") == DRILLS_NAMESPACE


@rule("consequence", of=ArchiveChange)
def other_bucket_begins_a_window(change: ArchiveChange) -> Iterator[Fault]:
    """In another bucket or store the recovery window begins again.

    WAL goes there at once, and is restorable only from the next base backup on. What was archived
    stays where it is, and no retention applies to it.
    """
    if not change.of_a_copy:
        yield from _elsewhere(change, ("spec", "configuration"))


@rule("consequence", of=ArchiveChange)
def other_place_gets_every_copy(change: ArchiveChange) -> Iterator[Fault]:
    """Another off-site place gets a copy of everything that the archive has.

    The pod copies what the place lacks, the oldest first (docs/offsite.md). What the archive has
    deleted by then is in the old place only.
    """
    if not change.of_a_copy or change.of_drills:
        return
    for place, before, after in _moved(change, ("spec", "configuration")):
        yield Fault(
            f"{before} becomes {after}, to which the whole archive is copied again; keep the old "
            "copy until the new one is complete, and for as long as what is only there is needed",
            place,
        )


@rule("consequence", of=ArchiveChange)
def shorter_retention_deletes_what_is_older(change: ArchiveChange) -> Iterator[Fault]:
    """A shorter retention deletes older base backups and their WAL within minutes.

    The plugin applies it every five minutes (instance/retention.go, v0.15.0). Nothing brings them
    back but an off-site copy.
    """
    yield from _shorter(change, ("spec", "retentionPolicy"))
