"""Rules about the import of a database."""

from collections.abc import Iterator

from components.kube.change import at, text_at
from components.postgres.changes import ClusterChange
from components.postgres.imports import SOURCE
from components.postgres.spec import PostgresSpec, major_of
from components.spec.rule import Fault, rule

_LEAVES_OUT_EXTENSIONS = 17
_PLACE = ("spec", "bootstrap", "initdb", "import")


@rule("spec", of=PostgresSpec)
def import_is_not_from_a_newer_version(spec: PostgresSpec) -> Iterator[Fault]:
    """The source of an import is not newer than the image.

    pg_dump is the image's, and aborts with a server that is newer ("server version mismatch").
    """
    found = spec.import_from
    if found and found.major > major_of(spec.image):
        yield Fault(
            f"PostgreSQL {found.major} cannot be imported into {major_of(spec.image)}, whose "
            f"pg_dump is older; write an image of {found.major} or newer",
            ("import_from", "major"),
        )


@rule("spec", of=PostgresSpec)
def extensions_are_left_out_by_a_pg_dump_that_can(spec: PostgresSpec) -> Iterator[Fault]:
    """An extension is left out of an import by pg_dump 17 or newer.

    An older one ends with "unrecognized option '--exclude-extension" (pg_dump, 17).
    """
    found, major = spec.import_from, major_of(spec.image)
    if found and found.options.exclude_extensions and major < _LEAVES_OUT_EXTENSIONS:
        yield Fault(
            f"the pg_dump of PostgreSQL {major} cannot; write an image of "
            f"{_LEAVES_OUT_EXTENSIONS} or newer, or leave it out",
            ("import_from", "options", "exclude_extensions"),
        )


@rule("spec", of=PostgresSpec)
def import_has_the_applications_database(spec: PostgresSpec) -> Iterator[Fault]:
    """What a monolith imports has the application's database and its owner.

    CloudNativePG creates those that are not imported, empty (database_import.md, v1.30.0), and
    clients find nothing in them.
    """
    found = spec.import_from
    if found is None or found.type != "monolith":
        return
    for field, names, own in (
        ("databases", found.databases, spec.database),
        ("roles", found.roles, spec.owner),
    ):
        if own not in names and "*" not in names:
            yield Fault(
                f"'{own}' is not among them, and would be created empty; add it",
                ("import_from", field),
            )


@rule("spec", of=PostgresSpec)
def import_has_a_generation(spec: PostgresSpec) -> Iterator[Fault]:
    """What is imported is imported by the first generation, not by one that follows.

    A replica has the data of the other site. With its first generation removed nothing is imported.
    """
    first, current = spec.lineage[0], spec.current
    if spec.import_from and first.state == "removed" and current.follows:
        yield Fault(
            f"generation {current.number} has the data of the other site, and nothing is imported; "
            "leave it out",
            ("import_from",),
        )


@rule("spec", of=PostgresSpec)
def import_is_not_called_like_an_archive(spec: PostgresSpec) -> Iterator[Fault]:
    """No archive of a database with two sites has the name of an import's source.

    Both are in `externalClusters` by their names, and the replica would follow the source.
    """
    if spec.import_from is None or spec.site is None:
        return
    own = ("backup", "server_name") if spec.backup.server_name else ("cluster",)
    for names, place in (
        (spec.server_names, own),
        ([spec.site.server_name], ("site", "server_name")),
    ):
        if SOURCE in names:
            yield Fault(
                f"'{SOURCE}' is what CloudNativePG calls the source of an import here; choose "
                "another name",
                place,
            )


@rule("change", of=ClusterChange)
def import_is_read_once(change: ClusterChange) -> Iterator[Fault]:
    """Nothing is imported into a database that exists.

    `initdb` is read until an instance runs for the first time (bootstrap.md, v1.30.0), and the API
    server keeps what it says (docs/decisions/0028). What another program imported, whose source has
    another name, is taken over without it.
    """
    if _has_run(change) is False or not _is_another(change):
        return
    before, after = (at(it, *_PLACE) for it in (change.old, change.new))
    if before:
        if text_at(before, "source", "externalCluster") != SOURCE and not after:
            return
        yield Fault(
            "it is read only when the database is created; write import_from as it was", _PLACE
        )
    else:
        yield Fault(
            "nothing is imported into a database that exists; leave import_from out, or declare "
            "another database",
            _PLACE,
        )


@rule("consequence", of=ClusterChange)
def failing_import_is_corrected(change: ClusterChange) -> Iterator[Fault]:
    """An import that fails reads what is declared now at its next try.

    Each try asks the API server for the Cluster (initdb.go, Bootstrap, v1.30.0). After the seventh
    there is none, until the Job is deleted and the operator makes it again.
    """
    if _has_run(change) or not _is_another(change):
        return
    before = at(change.old, *_PLACE)
    if before and text_at(before, "source", "externalCluster") == SOURCE:
        job = f"{text_at(change.new, 'metadata', 'name')}-1-import"
        yield Fault(
            "while no instance has run yet, the next try of a failing import reads it; run `pulumi "
            f"refresh`, delete the Job '{job}', and run `pulumi up` at once",
            _PLACE,
        )


def _is_another(change: ClusterChange) -> bool:
    """Return whether a database that begins by `initdb` is to be imported otherwise."""
    before, after = change.values(*_PLACE)
    return all(change.values("spec", "bootstrap", "initdb")) and before != after


def _has_run(change: ClusterChange) -> bool | None:
    """Return whether an instance ever ran, which the first one notes; None if it is not known.

    `Initialized` among the conditions counts volumes, which an import that fails has too
    (instance_startup.go, persistentvolumeclaim/status.go, v1.30.0).
    """
    if not text_at(change.status, "phase"):
        return None
    return bool(text_at(change.status, "currentPrimary"))
