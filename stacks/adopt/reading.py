"""Objects out of files: what is an object is read, and everything else is said.

A file that names neither CloudNativePG nor its barman plugin is not parsed, so that no Secret of a
folder is read.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from stacks.adopt.document import Document, Fields, Note
from stacks.adopt.templates import filled, templated, unfilled, unused, values
from stacks.command import Fault

KINDS: Mapping[str, str] = {
    "Cluster": "postgresql.cnpg.io/v1",
    "Database": "postgresql.cnpg.io/v1",
    "DatabaseRole": "postgresql.cnpg.io/v1",
    "ObjectStore": "barmancloud.cnpg.io/v1",
    "Pooler": "postgresql.cnpg.io/v1",
    "ScheduledBackup": "postgresql.cnpg.io/v1",
}
"""The kinds that are adopted, with the API version that the operators serve."""

_GROUPS = ("postgresql.cnpg.io", "barmancloud.cnpg.io", "postgresql.k8s.enterprisedb.io")
_CONCERNS = re.compile(r"cnpg\.io|k8s\.enterprisedb\.io|cloudnative-pg\.github\.io")
_OBJECTS = re.compile(r"^(?=---)", re.MULTILINE)
_NONE: Mapping[str, str] = {}
_MOST_NODES = 200_000
"""Values of one file, each as often as an alias repeats it: manifests have a few hundred."""


@dataclass
class Found:
    """What was found."""

    documents: list[Document] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    """A line for each thing that is not read, and why."""
    unnamed: list[str] = field(default_factory=list)
    """Those of them about objects whose name or namespace is not known."""
    notes: list[Note] = field(default_factory=list)
    """What is said of files as a whole."""
    images: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """Entries of catalogs, by `namespace/name:major`; one of the whole cluster has no namespace."""
    variables: set[str] = field(default_factory=set)
    """Those in the files."""
    without: int = 0
    """How many files name nothing of CloudNativePG."""


class _Loader(yaml.CSafeLoader):
    """Refuses what other readers of YAML take in another way: a key that is written twice."""

    def construct_mapping(
        self,
        node: yaml.MappingNode,
        deep: bool = False,  # noqa: FBT001, FBT002 - PyYAML's
    ) -> dict[Any, Any]:
        """Return the mapping; raise ConstructorError for a key that is there twice."""
        seen: set[object] = set()
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                continue
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    problem=f"the key '{key.value}' is written twice", problem_mark=key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def asked(path: Path, namespace: str, given: Sequence[str]) -> Found:
    """Return what `files` does with the variables that are *given*, each as NAME=VALUE.

    Raise Fault too for one that no file has: it is mistyped, or its manifest is missing.
    """
    variables = values(given)
    found = files(path, namespace, variables)
    if faults := [*unused(variables, found.variables)]:
        raise Unreadable("\n".join(map(str, faults)))
    return found


def files(path: Path, namespace: str, variables: Mapping[str, str] = _NONE) -> Found:
    """Return the objects in a file, or in every YAML and JSON file below a folder.

    *namespace* is that of objects for which neither they nor a kustomization.yaml name one,
    *variables* has the values of those in them. Raise Fault, with a line for each file that cannot
    be read.
    """
    if path.is_dir():
        paths = sorted(it for it in path.rglob("*") if it.suffix in (".yaml", ".yml", ".json"))
    elif path.is_file():
        paths = [path]
    else:
        raise Fault(str(path), "is neither a file nor a folder", "write where the manifests are")
    found, faults = Found(), []
    for it in filter(Path.is_file, paths):
        try:
            _read(it, namespace, found, variables)
        except Fault as fault:
            faults.append(fault)
    if faults:
        raise Unreadable("\n".join(map(str, faults)))
    for document in found.documents:
        given = Fields(document, ("spec", "imageCatalogRef"))
        home = "" if given.at("kind") == "ClusterImageCatalog" else document.namespace
        entry = f"{home}/{given.at('name')}:{given.at('major')}"
        document.listed = found.images.get(entry, document.listed)
    return found


def complete(found: Found) -> list[Document]:
    """Return the objects; raise Fault where the name of one is not known, and it would be new."""
    if found.unnamed:
        raise Unreadable("\n".join(found.unnamed))
    return found.documents


class Unreadable(Fault):
    """Files or objects that cannot be read; a sentence for each."""

    def __init__(self, text: str) -> None:
        """Take the sentences as they are."""
        Exception.__init__(self, text)


def _read(path: Path, namespace: str, found: Found, variables: Mapping[str, str]) -> None:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Fault(str(path), "is no text in UTF-8", "write it as YAML") from None
    if not _CONCERNS.search(text):
        found.without += 1
        return
    # Not in the scripts of a ConfigMap next to it, which have variables of a shell.
    parts = [filled(it, variables if _CONCERNS.search(it) else None) for it in _OBJECTS.split(text)]
    text = "".join(it.text for it in parts)
    found.variables.update(*(it.names for it in parts))
    for name, default in {name: it for part in parts for name, it in part.defaults.items()}.items():
        said = (
            f"${{{name}}} has its default '{default}'; write --set {name}=VALUE if Flux has another"
        )
        found.notes.append(Note(place=str(path), verdict="fill in", text=said))
    try:
        contents = list(yaml.load_all(text, Loader=_Loader))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _broken(path, text, error) from None
    if _nodes(contents, {}) > _MOST_NODES:
        raise Fault(str(path), "has more values than manifests have", "split it")
    home = _kustomized(path) or namespace
    for content in contents:
        for it in _flat(content):
            take(found, str(path), it, home)


def _broken(path: Path, text: str, error: Exception) -> Fault:
    if "{{" in text:
        return Fault(str(path), "is a template", "adopt what `helm template` makes of it")
    mark = getattr(error, "problem_mark", None)
    line = f" in line {mark.line + 1}" if mark else ""
    lines = text.splitlines()
    if mark and mark.line < len(lines) and templated(lines[mark.line]):
        return Fault(str(path), f"is not YAML{line}", unfilled(lines[mark.line]))
    why = getattr(error, "problem", None) or str(error) or type(error).__name__
    return Fault(str(path), f"is not YAML{line} ({why})", "correct it")


def _nodes(value: object, known: dict[int, int]) -> int:
    """Count the values in *value*, each as often as it is repeated; an alias is the same object."""
    parts = [*value.values()] if isinstance(value, dict) else value
    if not isinstance(parts, list):
        return 1
    if id(value) not in known:
        known[id(value)] = _MOST_NODES + 1  # one that contains itself
        known[id(value)] = 1 + sum(_nodes(it, known) for it in parts)
    return known[id(value)]


def _flat(content: object) -> Iterator[object]:
    """Yield the objects of a document; that of `kubectl get -o yaml` is a list of them."""
    if isinstance(content, Mapping) and str(content.get("kind", "")).endswith("List"):
        items = content.get("items")
        for it in items if isinstance(items, list) else []:
            yield from _flat(it)
    elif content is not None:
        yield content


def _kustomized(path: Path) -> str:
    """Return the namespace that Kustomize gives to the objects of a folder; none if it gives none.

    That of a folder above counts where the nearest has none.
    """
    for folder in path.resolve().parents[:4]:
        for name in ("kustomization.yaml", "kustomization.yml", "Kustomization"):
            try:
                content = yaml.load((folder / name).read_text("utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader
            except (OSError, ValueError, yaml.YAMLError):
                continue
            given = content.get("namespace") if isinstance(content, Mapping) else None
            if isinstance(given, str) and not templated(given):
                return given
    return ""


_STAYS = "stays as it is, and is not declared"
_UNREAD: Mapping[str, str] = {
    "Backup": "stays as it is, in the archive that continues",
    "ClusterImageCatalog": "its images are read",
    "HelmRelease": "adopt what `helm template` makes of its chart, or the cluster by --context",
    "ImageCatalog": "its images are read",
    "Kustomization": "adopt what `kubectl kustomize` or `flux build` makes of it",
    "Namespace": "its labels are not read; it is taken over where it has a database",
    "Publication": _STAYS,
    "Secret": "its values are not read",
    "Subscription": _STAYS,
}
"""What is said of kinds of which little or nothing is used."""


def _images(found: Found, catalog: Mapping[str, Any], home: str, name: str) -> None:
    spec = catalog.get("spec")
    images = spec.get("images") if isinstance(spec, Mapping) else None
    for it in images if isinstance(images, list) else ():
        if isinstance(it, Mapping):
            found.images[f"{home}/{name}:{it.get('major')}"] = it


def take(found: Found, source: str, content: object, namespace: str) -> None:
    """Add one object to what is found, or say why it is not read."""
    if not isinstance(content, Mapping) or "kind" not in content or "apiVersion" not in content:
        found.ignored.append(
            f"{source}: is no Kubernetes object (the values of a chart, perhaps); adopt what "
            "`helm template` makes of it"
        )
        return
    kind, version = str(content["kind"]), str(content["apiVersion"])
    metadata = content.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    name, home = metadata.get("name"), metadata.get("namespace") or namespace
    what = f"{source}: {kind} {f'{home}/' if home else ''}{name or '?'}"
    group = version.rpartition("/")[0]
    if kind.endswith("ImageCatalog"):
        _images(found, content, "" if kind.startswith("Cluster") else str(home), str(name))
    if kind not in KINDS or group not in _GROUPS:
        said = _UNREAD.get(kind, "this kind is not adopted")
        found.ignored.append(f"{what}: {said}")
    elif version != KINDS[kind]:
        found.ignored.append(f"{what}: {version} is not served; write {KINDS[kind]}")
    elif "sops" in content:
        found.ignored.append(f"{what}: is encrypted by SOPS; adopt the decrypted file")
    elif not isinstance(name, str) or not name:
        found.ignored.append(f"{what}: has no name; leave it out")
    elif not isinstance(home, str) or templated(name + home):
        found.unnamed.append(f"{what}: its name {unfilled(f'{home}/{name}')}")
        found.ignored.append(found.unnamed[-1])
    elif not home:
        found.unnamed.append(f"{what}: names no namespace; write it as --namespace")
        found.ignored.append(found.unnamed[-1])
    elif not isinstance(content.get("spec"), Mapping):
        found.ignored.append(f"{what}: has no spec; leave it out")
    else:
        made = Document(source=source, kind=kind, namespace=home, name=name, body=content)
        running = Fields(made, ("status",)).at("pgDataImageInfo")
        made.listed = running if isinstance(running, Mapping) else {}
        found.documents.append(made)
