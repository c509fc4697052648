"""What an environment changes of objects that exist."""

import copy
from collections.abc import Iterable, Mapping
from itertools import product
from pathlib import Path
from typing import Any

from stacks.adopt.amounts import cpu, postgres_seconds, size
from stacks.adopt.defaults import at_default
from stacks.adopt.document import Document, Fields
from stacks.adopt.postgresql import ARCHIVE_TIMEOUT
from stacks.adopt.reading import KINDS
from stacks.environment import EnvironmentSpec
from stacks.render.diff import Manifest, ObjectChange, differences
from stacks.render.files import RENDERED
from stacks.render.owners import owned

_HEAD = ("name", "namespace", "labels", "annotations")


def is_rendered(path: Path) -> bool:
    """Tell whether a folder is a tree that `render --out` wrote."""
    mark = RENDERED.encode()
    return any(it.is_file() and it.read_bytes().startswith(mark) for it in path.glob("*.y*ml"))


def changed(documents: Iterable[Document], environment: EnvironmentSpec) -> list[ObjectChange]:
    """Return what *environment* changes and adds.

    An object of another name is not declared and stays, so it is left out; so is what only says
    the default.
    """
    before = [_plain(it) for it in documents]
    after = [_plain(_document(it)) for it in owned(environment).all.objects()]
    return [it for it in differences(before, after) if it.change != "removed"]


def _document(manifest: Manifest) -> Document:
    metadata = manifest["metadata"]
    return Document(
        source="",
        kind=manifest["kind"],
        namespace=metadata.get("namespace", ""),
        name=metadata["name"],
        body=manifest,
    )


def _plain(document: Document) -> Manifest:
    """Return what an object declares, without defaults and without what a server wrote."""
    found = copy.deepcopy(dict(document.body))
    for path in at_default(document):
        _remove(found, path)
    found.pop("status", None)
    parameters = Fields(document).at("spec", "postgresql", "parameters")
    if isinstance(parameters, Mapping) and document.kind == "Cluster":
        declared = found.get("spec", {}).get("postgresql", {}).get("parameters", {})
        # YAML takes some for numbers, which the API server would refuse.
        declared |= {name: str(it) for name, it in declared.items()}
        _normalize_timeout(found, declared.get("archive_timeout", ""))
    _normalize(found, Fields(document))
    metadata = {name: it for name, it in found["metadata"].items() if name in _HEAD and it}
    if document.kind in KINDS:
        found["apiVersion"], found["kind"] = KINDS[document.kind], document.kind
    if document.namespace:
        metadata["namespace"] = document.namespace
    return {**found, "metadata": metadata}


_TIMEOUT = ("spec", "postgresql", "parameters", "archive_timeout")


def _normalize_timeout(found: Manifest, given: str) -> None:
    """Write `archive_timeout` in seconds, and leave out what CloudNativePG takes without it."""
    closed = postgres_seconds(given)
    if closed == postgres_seconds(ARCHIVE_TIMEOUT):
        _remove(found, _TIMEOUT)
    elif closed is not None:
        found["spec"]["postgresql"]["parameters"]["archive_timeout"] = f"{closed}s"


_RESOURCES = (("cpu", cpu), ("memory", size))
_DESTINATIONS = (("spec", "configuration"), ("spec", "backup", "barmanObjectStore"))


def _normalize(found: Manifest, fields: Fields) -> None:
    """Write amounts and folders in one way, so that 1000m is 1 and `s3://a` is `s3://a/`.

    An archive's folder that has the Cluster's name needs no word.
    """
    for part, (name, amount) in product(("requests", "limits"), _RESOURCES):
        given = fields.at("spec", "resources", part, name)
        if given is not None and (made := amount(str(given))):
            found["spec"]["resources"][part][name] = made
    for path in _DESTINATIONS:
        given = fields.at(*path, "destinationPath")
        if isinstance(given, str):
            holder: Any = found
            for step in path:
                holder = holder[step]
            holder["destinationPath"] = f"{given.rstrip('/')}/"
    plugins = [(*it.path, "parameters") for it in fields.items("spec", "plugins")]
    for place in (_DESTINATIONS[1], *plugins):
        if fields.at(*place, "serverName") == fields.document.name:
            _remove(found, (*place, "serverName"))


def _remove(found: object, path: tuple[str | int, ...]) -> None:
    """Take a field out, and what is empty without it."""
    here, *rest = path
    if isinstance(found, dict) and here in found:
        if rest:
            _remove(found[here], tuple(rest))
        if not rest or found[here] == {}:
            del found[here]
    elif isinstance(found, list) and isinstance(here, int) and rest:
        _remove(found[here], tuple(rest))
