"""Rules of what PostgreSQL loads at its start, and of the parameters that only this reads."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from components.postgres.extensions import LIBRARIES, ON_USE, OPERATORS, PRELOADED, stem
from components.postgres.images import distribution, lacks_library
from components.postgres.spec import PostgresSpec, major_of
from components.spec.rule import Fault, rule

_SINCE = 18
_PROJECT = "ghcr.io/cloudnative-pg/"
_FEW_LETTERS_APART = 0.85


@rule("spec", of=PostgresSpec)
def operators_library_is_loaded_by_a_parameter(spec: PostgresSpec) -> Iterator[Fault]:
    """A library that CloudNativePG loads by itself is loaded by a parameter of it.

    It loads pg_stat_statements, pgaudit, auto_explain and pg_failover_slots as soon as one of their
    parameters is set. Without one it drops their extensions from each database, although the
    library is loaded (instance_controller.go, reconcileExtensions, 1.30).
    """
    for name in map(stem, spec.shared_preload_libraries):
        if name not in OPERATORS:
            continue
        given = next((it for it in spec.parameters if it.startswith(f"{name}.")), None)
        fix = (
            f"is loaded because of parameters.{given} already; leave it out"
            if given
            else f"is loaded by CloudNativePG once a parameter of it is set; set one, like "
            f"'{_SOME[name]}', and leave it out here"
        )
        yield Fault(f"'{name}' {fix}", ("shared_preload_libraries",))


_SOME = {
    "auto_explain": "auto_explain.log_min_duration",
    "pg_failover_slots": "pg_failover_slots.synchronize_slot_names",
    "pg_stat_statements": "pg_stat_statements.track",
    "pgaudit": "pgaudit.log",
}


@rule("spec", of=PostgresSpec)
def preloaded_library_is_in_image(spec: PostgresSpec) -> Iterator[Fault]:
    """The image has each library that PostgreSQL loads at its start.

    Without it PostgreSQL does not start: `could not access file "pg_cron"` (run on 14 to 18).
    CloudNativePG's own images have those of PostgreSQL, pgAudit, pgvector and Failover Slots
    (postgres-containers, README). What other images contain, or an extension's image, is not
    judged.
    """
    if spec.extension_images:
        return
    for library in spec.shared_preload_libraries:
        if lacks_library(spec.current.image, stem(library)):
            yield Fault(
                f"'{library}' is not in '{spec.current.image}', and PostgreSQL does not start "
                "without it; use an image that has it, or add its extension_images",
                ("shared_preload_libraries",),
            )


@rule("spec", of=PostgresSpec)
def extension_parameter_is_loaded(spec: PostgresSpec) -> Iterator[Fault]:
    """A parameter of an extension is set where its library is loaded.

    PostgreSQL accepts any name with a dot, and keeps it for a library that may come (config.sgml,
    "Customized Options"): without the library nothing reads it. CloudNativePG loads its own four; a
    session loads others on use, like pg_trgm. A name that no known extension has may be the
    application's own, like 'app.tenant', unless it is nearly that of one.
    """
    libraries = {stem(it) for it in spec.shared_preload_libraries}
    known = [*LIBRARIES, *ON_USE, *OPERATORS]
    for name in spec.parameters:
        word, dot, _ = name.partition(".")
        if not dot or word in {*ON_USE, *OPERATORS, *libraries}:
            continue
        place = ("parameters", name)
        if library := LIBRARIES.get(word):
            if library not in libraries:
                yield Fault(
                    f"is read by {library} only, which is not loaded; add '{library}' to "
                    "shared_preload_libraries, or leave it out",
                    place,
                )
        elif close := get_close_matches(word, known, n=1, cutoff=_FEW_LETTERS_APART):
            yield Fault(f"'{word}' is no known extension; did you mean '{close[0]}'?", place)


def _created(spec: PostgresSpec) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield each database and an extension that is created in it, with the place of its list."""
    for name, contents in spec.contents.items():
        place = ("databases", name) if name in spec.databases else ("application",)
        for extension in contents.extensions:
            yield name, extension, (*place, "extensions")


@rule("spec", of=PostgresSpec)
def created_extension_is_loaded(spec: PostgresSpec) -> Iterator[Fault]:
    """An extension is created where its library is loaded.

    PostgreSQL refuses to create those that must be loaded at the start. CloudNativePG drops
    pg_stat_statements and pgaudit from each database while no parameter of them is set, and creates
    them in each with one; auto_explain and pg_failover_slots are libraries without an extension
    (instance_controller.go, reconcileExtensions, 1.30).
    """
    libraries = {stem(it) for it in spec.shared_preload_libraries}
    for _, extension, place in _created(spec):
        if extension in PRELOADED and extension not in libraries:
            yield Fault(
                f"'{extension}' cannot be created while its library is not loaded; add "
                f"'{extension}' to shared_preload_libraries",
                place,
            )
        elif extension in {"auto_explain", "pg_failover_slots"}:
            yield Fault(
                f"'{extension}' is a library without an extension; leave it out, and set a "
                f"parameter like '{_SOME[extension]}'",
                place,
            )
        elif extension in OPERATORS and not any(
            it.startswith(f"{extension}.") for it in spec.parameters
        ):
            yield Fault(
                f"CloudNativePG drops '{extension}' while no parameter of it is set; set one, like "
                f"'{_SOME[extension]}'",
                place,
            )


@rule("spec", of=PostgresSpec)
def cron_is_created_in_its_database(spec: PostgresSpec) -> Iterator[Fault]:
    """pg_cron is created in the database that `cron.database_name` names.

    It refuses any other: `can only create extension in database postgres` (pg_cron, README).
    """
    home = spec.parameters.get("cron.database_name", "postgres")
    for name, extension, place in _created(spec):
        if extension == "pg_cron" and name != home:
            yield Fault(
                f"'pg_cron' can be created in database '{home}' only; set parameter "
                f"cron.database_name '{name}', or leave it out",
                place,
            )


@rule("spec", of=PostgresSpec)
def extension_image_fits_postgresql(spec: PostgresSpec) -> Iterator[Fault]:
    """An extension's image is for the major version and the Debian of PostgreSQL's image.

    PostgreSQL finds extensions outside its own folders from 18 on (`extension_control_path`).
    The tags of CloudNativePG's images end with both: '0.8.1-18-trixie'
    (postgres-extensions-containers, README). A library for another version does not load.
    """
    image = spec.current.image
    for name, extension in spec.extension_images.items():
        place = ("extension_images", name, "image")
        if spec.major < _SINCE:
            yield Fault(
                f"PostgreSQL {_SINCE} is the first that loads extensions from images, and "
                f"'{image}' is {spec.major}; use an image that contains the extension",
                place,
            )
            continue
        reference = extension.image.partition("@")[0]
        found = re.fullmatch(r".*:[^:]+-(\d\d)-([a-z]+)", reference)
        if not reference.startswith(_PROJECT) or found is None:
            continue
        if (major := int(found[1])) != spec.major:
            yield Fault(
                f"'{extension.image}' is for PostgreSQL {major}, and '{image}' is {spec.major}; "
                f"use the tag that ends with '-{spec.major}-{found[2]}'",
                place,
            )
        elif (debian := distribution(image)) and debian != found[2]:
            yield Fault(
                f"'{extension.image}' is for {found[2]}, and '{image}' is on {debian}; use the tag "
                f"that ends with '-{spec.major}-{debian}'",
                place,
            )


@rule("spec", of=PostgresSpec)
def extension_images_fit_each_generation(spec: PostgresSpec) -> Iterator[Fault]:
    """Every generation that runs has the major version of the extensions' images.

    One that is restored with an `image` of an older version would run without them.
    """
    if not spec.extension_images:
        return
    for it in spec.lineage:
        if it.state == "candidate" and (major := major_of(it.image)) != spec.major:
            yield Fault(
                f"generation {it.number} is PostgreSQL {major}, and extension_images are for "
                f"{spec.major}; use an image of {major} that contains the extensions, or restore "
                "before the upgrade is declared",
                ("extension_images",),
            )
