"""Rules about the databases, roles and extensions in a cluster."""

import re
from collections.abc import Iterator

from components.postgres.spec import PostgresSpec
from components.spec.rule import Fault, rule
from stacks.environment import EnvironmentSpec

_WORDS = """
    all analyse analyze and any array as asc asymmetric authorization binary both case cast
    check collate collation column concurrently constraint create cross current_catalog
    current_date current_role current_schema current_time current_timestamp current_user
    default deferrable desc distinct do else end except false fetch for foreign freeze from
    full grant group having ilike in initially inner intersect into is isnull join lateral
    leading left like limit localtime localtimestamp natural not notnull null offset on only
    or order outer overlaps placing primary references returning right select session_user
    similar some symmetric system_user table tablesample then to trailing true union unique
    user using variadic verbose when where window with
"""
"""Words that PostgreSQL reserves, as pg_get_keywords() of 14 to 18 lists them."""

_RESERVED = frozenset(_WORDS.split())

_NEEDS = {
    "bool_plperl": ("plperl",),
    "bool_plperlu": ("plperlu",),
    "earthdistance": ("cube",),
    "hstore_plperl": ("hstore", "plperl"),
    "hstore_plperlu": ("hstore", "plperlu"),
    "hstore_plpython3u": ("hstore", "plpython3u"),
    "jsonb_plperl": ("plperl",),
    "jsonb_plperlu": ("plperlu",),
    "jsonb_plpython3u": ("plpython3u",),
    "ltree_plpython3u": ("ltree", "plpython3u"),
    "postgis_raster": ("postgis",),
    "postgis_sfcgal": ("postgis",),
    "postgis_tiger_geocoder": ("postgis", "fuzzystrmatch"),
    "postgis_topology": ("postgis",),
    "vchord": ("vector",),
}
"""What an extension requires: PostgreSQL's own (the control files of 17), PostGIS's and
VectorChord's."""


@rule("environment", waivable=True)
def required_extensions_are_listed(environment: EnvironmentSpec) -> Iterator[Fault]:
    """What an extension requires is listed too.

    CloudNativePG creates each without CASCADE (database_controller_sql.go, v1.30.0), and PostgreSQL
    refuses: `required extension "cube" is not installed`. Their order does not matter, as it tries
    again. One that was created by hand is a reason for a waiver.
    """
    for name, database in environment.databases.items():
        for called, contents in database.contents.items():
            declared = ("databases", called) if called in database.databases else ("application",)
            for extension in contents.extensions:
                for needed in _NEEDS.get(extension, ()):
                    if needed not in contents.extensions:
                        yield Fault(
                            f"'{extension}' requires '{needed}', which is not listed; write it too",
                            ("databases", name, *declared, "extensions"),
                        )


@rule("hint", was="T108")
def identifier_needs_no_quotes(environment: EnvironmentSpec) -> Iterator[Fault]:
    """A database's or role's name needs no quotes in SQL.

    CloudNativePG quotes every name, so any of them works. A script that forgets the quotes means
    another name, or fails (PostgreSQL, "Lexical Structure"). It is a hint, as existing names stay.
    """
    for name, database in environment.databases.items():
        for place, called in _names(database):
            if not re.fullmatch(r"[a-z_][a-z0-9_]*", called) or called in _RESERVED:
                yield Fault(
                    f"'{called}' needs quotes wherever SQL names it; a name of lower-case letters, "
                    "digits and '_' that SQL does not reserve needs none",
                    ("databases", name, *place),
                )


def _names(database: PostgresSpec) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the name of each database and role that is declared, with its place."""
    yield ("database",), database.database
    yield ("owner",), database.owner
    for called in database.databases:
        yield ("databases", called), called
    for called in database.roles:
        yield ("roles", called), called
