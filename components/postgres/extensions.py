"""What PostgreSQL loads at its start: libraries, and the images that extensions come in."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any

from components.spec import Spec
from components.spec.rule import Fault, obeys, rule
from components.spec.words import Image

OPERATORS = ("pgaudit", "pg_stat_statements", "auto_explain", "pg_failover_slots")
"""Libraries that CloudNativePG loads in this order, each as soon as a parameter of it is set, and
whose extensions it drops if none is (configuration.go, ManagedExtensions; instance_controller.go,
1.30)."""

LIBRARIES: Mapping[str, str] = {
    "anon": "anon",
    "auth_delay": "auth_delay",
    "basic_archive": "basic_archive",
    "citus": "citus",
    "credcheck": "credcheck",
    "cron": "pg_cron",
    "duckdb": "pg_duckdb",
    "passwordcheck": "passwordcheck",
    "pg_net": "pg_net",
    "pg_partman_bgw": "pg_partman_bgw",
    "pg_prewarm": "pg_prewarm",
    "pg_qualstats": "pg_qualstats",
    "pg_stat_kcache": "pg_stat_kcache",
    "pg_stat_monitor": "pg_stat_monitor",
    "pg_wait_sampling": "pg_wait_sampling",
    "pglogical": "pglogical",
    "pgsodium": "pgsodium",
    "pgtle": "pg_tle",
    "powa": "powa",
    "set_user": "set_user",
    "squeeze": "pg_squeeze",
    "supautils": "supautils",
    "timescaledb": "timescaledb",
    "vault": "supabase_vault",
    "vchord": "vchord",
    "vchordg": "vchord",
    "vchordrq": "vchord",
    "vectors": "vectors",
}
"""The first words of parameters that only a library reads that is loaded at the start, with that
library (each project's installation page)."""

ON_USE = (
    *("diskann", "hnsw", "http", "isn", "ivfflat", "paradedb", "pg_hint_plan", "pg_trgm"),
    *("pgcrypto", "plperl", "plpgsql", "pltcl", "plv8", "postgis", "postgres_fdw"),
)
"""The first words of parameters whose library a session loads once it uses the extension."""

PRELOADED = ("citus", "pg_cron", "pg_net", "timescaledb", "vchord", "vectors")
"""Extensions that cannot be created while the library of their name is not loaded at the start:
each says so by itself, like 'pg_cron can only be loaded via shared_preload_libraries'."""

ACTING = ("pg_cron", "pg_net", "pg_partman_bgw", "pg_squeeze", "pglogical")
"""Libraries that act by themselves: jobs, requests, replication. Nothing needs them to be read."""

QUIET: Mapping[str, Mapping[str, str]] = {
    "timescaledb": {"timescaledb.max_background_workers": "0"},
}
"""By library that its tables need: the parameters with which it starts no job (timescaledb,
bgw_launcher.c: with 0 workers the launcher ends)."""

_SINCE = 18
"""The first PostgreSQL with `extension_control_path`."""


@rule("value")
def library_is_file_name(value: str) -> Iterator[Fault]:
    """A library is the name of its file, without a folder.

    CloudNativePG joins all of them with commas (configuration.go, setUserSharedPreloadLibraries,
    1.30), and PostgreSQL looks for each in `dynamic_library_path`.
    """
    if not re.fullmatch(r"[A-Za-z0-9_][-A-Za-z0-9_.]{0,62}", value):
        yield Fault(f"'{value}' is not a library; write the name of its file, like 'vchord'")


@rule("value")
def libraries_are_listed_once(values: Sequence[str]) -> Iterator[Fault]:
    """A library is listed once, with or without '.so'.

    PostgreSQL adds the ending itself, so 'vchord' and 'vchord.so' are one file.
    """
    for name, count in Counter(map(stem, values)).items():
        if count > 1:
            yield Fault(f"'{name}' is listed twice; write it once")


@rule("value")
def path_is_inside_image(value: str) -> Iterator[Fault]:
    """A folder of an extension's image is a path that does not leave it.

    CloudNativePG refuses an empty one and one that begins with '..' (cluster_webhook.go,
    validateExtensions), and joins all with ':'.
    """
    leaves = any(part.startswith("..") for part in value.split("/"))
    if leaves or not re.fullmatch(r"[-A-Za-z0-9_./]{1,255}", value):
        yield Fault(f"'{value}' is not a folder of the image; write one like 'lib'")


@rule("value")
def paths_are_listed_once(values: Sequence[str]) -> Iterator[Fault]:
    """A folder of an extension's image is listed once.

    CloudNativePG refuses a second one (cluster_webhook.go, validateExtensions).
    """
    for value, count in Counter(values).items():
        if count > 1:
            yield Fault(f"'{value}' is listed twice; write it once")


@rule("value")
def extension_image_name_is_valid(value: str) -> Iterator[Fault]:
    """The name of an extension's image has at most 59 lower-case letters, digits, '-' and '_'.

    The CRD refuses others, as it becomes the name of a volume and a folder (cluster_types.go, 1.30,
    ExtensionConfiguration).
    """
    if not re.fullmatch(r"[a-z0-9]([-a-z0-9_]{0,57}[a-z0-9])?", value):
        yield Fault(
            f"'{value}' is not a name for a volume; write at most 59 lower-case letters, digits, "
            "'-' and '_', like 'pgvector'"
        )


@rule("value")
def extension_image_names_differ(values: Mapping[str, object]) -> Iterator[Fault]:
    """The names of two extension images differ in more than '_' and '-'.

    Both are the same volume, and CloudNativePG refuses the second (cluster_webhook.go,
    validateExtensions).
    """
    seen: dict[str, str] = {}
    for name in values:
        if (other := seen.setdefault(name.replace("_", "-"), name)) != name:
            yield Fault(f"'{name}' and '{other}' are the same volume; choose another name")


LibraryName = Annotated[str, obeys(library_is_file_name)]
Libraries = Annotated[Sequence[LibraryName], obeys(libraries_are_listed_once)]
_Folder = Annotated[str, obeys(path_is_inside_image)]
_Folders = Annotated[Sequence[_Folder], obeys(paths_are_listed_once)]


class ExtensionImageSpec(Spec):
    """An image that holds an extension; it becomes a volume of each instance.

    It needs PostgreSQL 18, and Kubernetes 1.35, or 1.33 with the feature gate `ImageVolume`
    (imagevolume_extensions.md, 1.30).
    """

    image: Image
    """The image, built for the major version and the Debian of PostgreSQL's."""

    extension_control_path: _Folders = ()
    """Folders with control files; none means 'share'."""

    dynamic_library_path: _Folders = ()
    """Folders with libraries that PostgreSQL loads; none means 'lib'."""

    ld_library_path: _Folders = ()
    """Folders with libraries that those need, like 'system' of PostGIS."""


ExtensionImages = Annotated[
    Mapping[Annotated[str, obeys(extension_image_name_is_valid)], ExtensionImageSpec],
    obeys(extension_image_names_differ),
]


def all_loaded(listed: Sequence[str], parameters: Iterable[str]) -> list[str]:
    """Return what PostgreSQL loads at its start: what is *listed*, then what *parameters* bring.

    So CloudNativePG writes it (configuration.go, setUserSharedPreloadLibraries, 1.30).
    """
    words = {it.partition(".")[0] for it in parameters if "." in it}
    return list(dict.fromkeys([*listed, *(it for it in OPERATORS if it in words)]))


def stem(library: str) -> str:
    """Return the name of a library without its ending."""
    return library.removesuffix(".so")


def loaded(
    libraries: Sequence[str], images: Mapping[str, ExtensionImageSpec], *, major: int, of: int
) -> dict[str, Any]:
    """Return the part of `Cluster.spec.postgresql` that loads libraries, for PostgreSQL *major*.

    Images hold extensions for the major version *of*: in a Cluster of another one they would not
    load, so it has neither them nor the libraries of their names.
    """
    fitting = images if major == of and major >= _SINCE else {}
    elsewhere = images.keys() - fitting.keys()
    kept = [it for it in libraries if stem(it) not in elsewhere]
    return ({"shared_preload_libraries": kept} if kept else {}) | (
        {"extensions": [_mounted(name, image) for name, image in fitting.items()]}
        if fitting
        else {}
    )


def quiet(libraries: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Return the *libraries* that tables may need, and the parameters that keep them from acting.

    For a copy of a database: WAL and indexes may be readable by their extension only, while a job
    of the original must not run twice.
    """
    kept = [it for it in libraries if stem(it) not in ACTING]
    return kept, {name: value for it in kept for name, value in QUIET.get(stem(it), {}).items()}


def _mounted(name: str, spec: ExtensionImageSpec) -> dict[str, Any]:
    paths = {
        "extension_control_path": spec.extension_control_path,
        "dynamic_library_path": spec.dynamic_library_path,
        "ld_library_path": spec.ld_library_path,
    }
    return {"name": name, "image": {"reference": spec.image}} | {
        field: list(folders) for field, folders in paths.items() if folders
    }
