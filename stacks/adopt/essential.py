"""What a Cluster has that makes it another one if it is left out, or taken for its default."""

from collections.abc import Iterator

from components.kube import HOLDS_DATA
from components.kube.change import at
from components.postgres.archive import PLUGIN
from components.postgres.generations import FENCED, GENERATION
from components.postgres.images import POSTGRES_USER
from stacks.adopt.document import Fields
from stacks.adopt.extensions import catalogued
from stacks.adopt.templates import templates, unfilled

_ESSENTIAL = (
    ("instances",),
    ("imageName",),
    ("imageCatalogRef",),
    ("storage",),
    ("walStorage",),
    ("tablespaces",),
    ("plugins",),
    *(
        ("bootstrap", way, field)
        for way in ("initdb", "recovery", "pg_basebackup")
        for field in ("database", "owner", "secret")
    ),
)
"""Fields whose default would make it another database."""

_HIBERNATES = "cnpg.io/hibernation"


def another(spec: Fields) -> Iterator[str]:
    """Yield what a Cluster has without which it would be another one."""
    about = at(spec.document.body, "metadata")
    if at(about, "annotations", HOLDS_DATA) or at(about, "labels", GENERATION):
        yield "tier0 has it already, and the environment that declares it says what it is"
    if at(about, "annotations", FENCED) or at(about, "annotations", _HIBERNATES) == "on":
        yield "it is stopped, by a fence or hibernation, and would run; start it first, or leave it"
    yield from _sites(spec)
    if not spec.at("storage"):
        yield "it has no storage, like a patch; adopt what `kubectl kustomize` makes of the folder"
    for path in _ESSENTIAL:
        if found := [*templates(spec.at(*path))]:
            yield f"{'.'.join(path)} {unfilled(' '.join(found))}"
    for plugin in spec.items("plugins"):
        archives = plugin.at("isWALArchiver") and plugin.at("enabled") is not False
        if archives and plugin.at("name") != PLUGIN:
            yield f"'{plugin.at('name')}' archives it, and in tier0 Barman's plugin does"
    yield from _files(spec)
    yield from _images(spec)


def _sites(spec: Fields) -> Iterator[str]:
    """Yield that a Cluster is one of two sites."""
    primary, name = spec.at("replica", "primary"), spec.document.name
    if primary and primary == (spec.at("replica", "self") or name):
        yield "it is followed by others (replica); docs/second-site.md says how sites are declared"
    elif primary or spec.at("replica", "enabled"):
        yield (
            "it follows another one, and would be promoted; docs/second-site.md says how a second "
            "site is declared"
        )


def _files(spec: Fields) -> Iterator[str]:
    """Yield what is wrong with its volumes, and whose the files on them are."""
    wal = spec.inside("walStorage")
    if wal and not (wal.at("size") or wal.at("pvcTemplate", "resources", "requests", "storage")):
        yield "its walStorage has no size, and could not be taken away"
    for name in ("postgresUID", "postgresGID"):
        if spec.at(name) not in (None, 0, POSTGRES_USER):
            yield f"its files belong to {name} {spec.at(name)}, and to {POSTGRES_USER} in tier0"
    if not isinstance(spec.at("tablespaces") or [], list):
        yield "its tablespaces are no list, as CloudNativePG 1.30 reads them"


def _images(spec: Fields) -> Iterator[str]:
    """Yield which image of an extension nothing says; its library may be loaded at the start."""
    for extension in spec.items("postgresql", "extensions"):
        name = str(extension.at("name"))
        if not (extension.at("image", "reference") or at(catalogued(extension, name), "image")):
            catalog = spec.at("imageCatalogRef", "name")
            yield (
                f"the image of its extension '{name}' is in the catalog '{catalog}', which is not "
                "among the manifests; adopt a folder that has both"
            )
