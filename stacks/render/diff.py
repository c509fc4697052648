"""Differences between two sets of Kubernetes objects, object by object and field by field.

Order is ignored: objects are matched by name, and list items by their `name` if each has one, as
Kubernetes itself merges them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypeVar

import pulumi
import yaml

from components.kube import HOLDS_DATA
from stacks.changes import judged, refused
from stacks.render.files import SEALED

Manifest: TypeAlias = Mapping[str, Any]
How: TypeAlias = Literal["added", "removed", "changed"]
_ABSENT = object()

Key = TypeVar("Key", str, tuple[str, str, str])
Value = TypeVar("Value")


class CannotCompare(pulumi.RunError):
    """A folder that is not a rendered tree; its text is `fault; fix`."""


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """One field that differs."""

    path: str
    """Path from the object down, like `spec.plugins.barman-cloud.cloudnative-pg.io.enabled`."""
    before: Any = None
    """Its value before; None if it is not set."""
    after: Any = None
    """Its value after; None if it is not set."""


@dataclass(frozen=True, kw_only=True)
class ObjectChange:
    """One object that differs."""

    kind: str
    name: str
    """`namespace/name`, or only the name of a cluster-scoped object."""
    change: How
    """`added` exists only after, `removed` only before."""
    holds_data: bool
    """Whether its deletion would lose data."""
    fields: Sequence[FieldChange] = ()
    impossible: Sequence[str] = ()
    """Why the change cannot be made, each as `field: fault; fix [rule]` (docs/rules.md)."""
    consequences: Sequence[str] = ()
    """What it brings with it, in the same form."""


def tree(folder: Path) -> list[Manifest]:
    """Return the objects in the rendered tree *folder*; raise CannotCompare if it is not one."""
    if not folder.is_dir():
        raise CannotCompare(f"{folder}: is not a folder; write an environment or a rendered tree")
    found: list[Manifest] = []
    for path in sorted(folder.glob("*.y*ml")):
        try:
            text = path.read_text(encoding="utf-8")
            # A sealed Secret is in the tree, but no environment renders it.
            documents = [] if text.startswith(SEALED) else list(yaml.safe_load_all(text))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            said = str(error).splitlines()[0]
            raise CannotCompare(f"{path}: is not YAML ({said}); render the tree again") from None
        for document in filter(None, documents):
            if not (isinstance(document, dict) and "kind" in document and "metadata" in document):
                raise CannotCompare(f"{path}: is not a Kubernetes object; render the tree again")
            found.append(document)
    if not found:
        raise CannotCompare(f"{folder}: holds no object; write a folder that `render --out` wrote")
    return found


def called(manifest: Manifest) -> str:
    """Return `namespace/name` of an object, or only the name of a cluster-scoped one."""
    metadata = manifest["metadata"]
    where = f"{metadata['namespace']}/" if "namespace" in metadata else ""
    return f"{where}{metadata['name']}"


def differences(before: Iterable[Manifest], after: Iterable[Manifest]) -> list[ObjectChange]:
    """Return what *after* changes of *before*, by namespace, name and kind."""
    changes = []
    for (name, kind, _), how, old, new in unequal(_by_name(before), _by_name(after)):
        fields = list(_fields(old, new, ())) if how == "changed" else []
        if fields or how != "changed":
            data = holds_data(old) or holds_data(new)
            found = list(judged(old, new)) if old and new else []
            changes.append(
                ObjectChange(
                    kind=kind,
                    name=name,
                    change=how,
                    holds_data=data,
                    fields=fields,
                    impossible=[str(it) for it in found if refused(it)],
                    consequences=[str(it) for it in found if not refused(it)],
                )
            )
    return changes


def unequal(
    before: Mapping[Key, Value], after: Mapping[Key, Value]
) -> Iterator[tuple[Key, How, Value | None, Value | None]]:
    """Yield each key whose values differ, how they do, and both; None where there is none."""
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old != new:
            yield key, "added" if old is None else "removed" if new is None else "changed", old, new


def holds_data(manifest: object) -> bool:
    """Tell whether an object is marked so; what is no object is not."""
    metadata = manifest.get("metadata") if isinstance(manifest, Mapping) else None
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    return isinstance(annotations, Mapping) and HOLDS_DATA in annotations


def _by_name(manifests: Iterable[Manifest]) -> dict[tuple[str, str, str], Manifest]:
    # Objects are matched by API group, not version: a new version is a change of the object.
    return {(called(m), m["kind"], m["apiVersion"].rpartition("/")[0]): m for m in manifests}


def _fields(before: object, after: object, path: tuple[str, ...]) -> Iterator[FieldChange]:
    """Yield the outermost fields that differ, in the order of their paths."""
    old, new = _parts(before), _parts(after)
    if old is None or new is None:
        if before != after:
            yield FieldChange(
                path=".".join(map(str, path)),  # YAML has keys that are numbers
                before=None if before is _ABSENT else before,
                after=None if after is _ABSENT else after,
            )
        return
    for key in dict.fromkeys([*old, *new]):
        yield from _fields(old.get(key, _ABSENT), new.get(key, _ABSENT), (*path, key))


def _parts(value: object) -> Mapping[str, Any] | None:
    """Return the parts of *value*, by name or position; None if it is compared as a whole."""
    if isinstance(value, Mapping):
        return value
    if isinstance(value, list) and value:
        names = [item.get("name") if isinstance(item, Mapping) else None for item in value]
        if None not in names and len(set(map(str, names))) == len(names):
            return {str(name): item for name, item in zip(names, value, strict=True)}
        if all(isinstance(item, Mapping) for item in value):
            return {str(index): item for index, item in enumerate(value)}
    return None
