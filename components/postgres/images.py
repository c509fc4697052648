"""PostgreSQL's images: their user, and their Barman, which the in-tree method runs."""

import re

POSTGRES_USER = 26
"""The user that CloudNativePG's images and the plugin's sidecar run as, and its group
(cluster_types.go, v1.30.0; Dockerfile.sidecar, v0.15.0)."""

_OURS = "ghcr.io/cloudnative-pg/postgresql"
_LAST_WITHOUT = {
    "lz4 for base backups": {13: 22, 14: 21, 15: 16, 16: 12, 17: 8, 18: 2},
    "lz4 for WAL": {13: 19, 14: 16, 15: 11, 16: 7, 17: 3},
    "zstd for WAL": {13: 19, 14: 16, 15: 11, 16: 7, 17: 3},
    "xz for WAL": {13: 17, 14: 14, 15: 9, 16: 5, 17: 1},
    "compression level for WAL": {13: 20, 14: 17, 15: 12, 16: 8, 17: 4},
}
"""What Barman learned late, and the last minor version of each major whose image lacks it.

The images have Barman 3.18.0, the first with lz4 for base backups, from 2026-04-30 on, the
libraries of lz4 and zstd from 2025-03-10 on, 3.12 with xz from 2024-12-20 on, and 3.14, the first
with levels for WAL, from 2025-05-29 on. A minor version's
image is not built any more once the next one is out (the history of postgres-containers).
"""


_DISTRIBUTIONS = ("buster", "bullseye", "bookworm", "trixie", "forky")


def distribution(image: str) -> str | None:
    """Return which Debian is in *image*; None if its name does not say.

    CloudNativePG's tags that are only a version are on bullseye (postgres-containers, README,
    "Deprecated Rolling Tags").
    """
    repository, tag = _parts(image)
    named = (it for it in _DISTRIBUTIONS if it in re.split(r"[-.]", tag))
    bare = repository == _OURS and re.fullmatch(r"\d+(\.\d+)?", tag)
    return next(named, "bullseye" if bare else None)


def is_official(image: str) -> bool:
    """Return whether *image* is one of CloudNativePG's own, by its name."""
    return _parts(image)[0] == _OURS


def has_barman(image: str) -> bool | None:
    """Return whether *image* contains Barman; None if its name does not say.

    CloudNativePG's images do, but for the flavours `minimal` and `standard`: the tags without a
    flavour are the system image (postgres-containers, README, "Deprecated Rolling Tags").
    """
    repository, tag = _parts(image)
    if re.search(r"-system(-|$)", tag):
        return True
    if repository != _OURS:
        return None
    return not re.search(r"-(minimal|standard)(-|$)", tag)


def lacks(image: str, ability: str) -> bool | None:
    """Return whether the Barman in *image* lacks *ability*, like 'lz4 for WAL'; None if unknown.

    Each has what is not in the table. The image after the last that lacks it changed while it was
    built, as may one whose tag has a date.
    """
    if (last := _LAST_WITHOUT.get(ability)) is None:
        return False
    repository, tag = _parts(image)
    version = re.match(r"(\d+)\.(\d+)(-\d{8})?", tag)
    if repository != _OURS or version is None:
        return None
    major, minor, dated = int(version[1]), int(version[2]), version[3]
    newest = last.get(major, -1)
    if minor <= newest:
        return True
    return None if dated or minor == newest + 1 else False


def lacks_extension(image: str, extension: str) -> bool:
    """Return whether *image* is known to lack an extension that CloudNativePG loads by itself.

    The flavour `minimal` has neither pgAudit nor Failover Slots (postgres-containers, README).
    """
    repository, tag = _parts(image)
    minimal = re.search(r"-minimal(-|$)", tag) is not None
    return repository == _OURS and minimal and extension in {"pgaudit", "pg_failover_slots"}


_CONTRIB = frozenset(
    (
        *("_int", "amcheck", "auth_delay", "auto_explain", "autoinc", "basebackup_to_shell"),
        *("basic_archive", "bloom", "btree_gin", "btree_gist", "citext", "cube", "dblink"),
        *("dict_int", "dict_xsyn", "earthdistance", "file_fdw", "fuzzystrmatch", "hstore"),
        *("insert_username", "isn", "llvmjit", "lo", "ltree", "moddatetime", "old_snapshot"),
        *("pageinspect", "passwordcheck", "pg_buffercache", "pg_freespacemap"),
        *("pg_logicalinspect", "pg_overexplain", "pg_prewarm", "pg_stat_statements", "pg_surgery"),
        *("pg_trgm", "pg_visibility", "pg_walinspect", "pgcrypto", "pgoutput", "pgrowlocks"),
        *("pgstattuple", "pgxml", "plpgsql", "postgres_fdw", "refint", "seg", "sepgsql"),
        *("sslinfo", "tablefunc", "tcn", "test_decoding", "tsm_system_rows", "tsm_system_time"),
        *("unaccent", "uuid-ossp"),
    )
)
"""The libraries that PostgreSQL's own packages have, in some version of 14 to 18."""

_ADDED = frozenset(("pg_failover_slots", "pgaudit", "vector"))
"""Those that CloudNativePG's images have besides, but for the flavour `minimal`."""


def lacks_library(image: str, library: str) -> bool:
    """Return whether *image* is known to lack *library*, without its ending."""
    if not is_official(image) or library in _CONTRIB:
        return False
    minimal = re.search(r"-minimal(-|$)", _parts(image)[1]) is not None
    return minimal or library not in _ADDED


def _parts(image: str) -> tuple[str, str]:
    """Return the repository and the tag of an image."""
    repository, _, tag = image.partition("@")[0].rpartition(":")
    return repository, tag
