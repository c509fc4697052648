"""Properties and their differences, as plain Python values.

They travel as protobuf structs in which a secret is a struct with a signature and a value that is
not known yet is a fixed string (pulumi sdk/go/common/resource/plugin/rpc.go). Here there is
`Secret` around the former, and `UNKNOWN` for the latter.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from google.protobuf import struct_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2

from tools import Fault

Tree: TypeAlias = Any
"""A property: JSON, with `Secret` and `UNKNOWN` anywhere in it."""

Obj: TypeAlias = dict[str, Any]

Path: TypeAlias = tuple[str | int, ...]

SIGNATURE = rpc._special_sig_key  # noqa: SLF001 - the SDK has no public name for the wire format
SECRET = rpc._special_secret_sig  # noqa: SLF001


@dataclass(frozen=True)
class Secret:
    """A value that is encrypted in the state and never shown."""

    value: Tree


class _Unknown:
    """A value that only the update itself will know."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = _Unknown()


def decode(value: struct_pb2.Value) -> Tree:
    """Return Python's form of a property; whole numbers become int, as Kubernetes wants them."""
    match value.WhichOneof("kind"):
        case "struct_value":
            return decode_struct(value.struct_value)
        case "list_value":
            return [decode(item) for item in value.list_value.values]
        case "string_value":
            return UNKNOWN if value.string_value == rpc.UNKNOWN else value.string_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
    return None


def decode_struct(struct: struct_pb2.Struct) -> Tree:
    """Return Python's form of a property bag; an asset or archive in it is a `Fault`."""
    fields = struct.fields
    if SIGNATURE not in fields:
        return {key: decode(value) for key, value in fields.items()}
    if fields[SIGNATURE].string_value != SECRET:
        raise Fault("an input", "the offline plugin takes no assets or archives", "give their text")
    inner = decode(fields["value"])
    return inner if isinstance(inner, Secret) else Secret(inner)


def encode(properties: Obj) -> struct_pb2.Struct:
    """Return the wire's form of a property bag."""
    struct = struct_pb2.Struct()
    struct.update({key: _wire(value) for key, value in properties.items()})
    return struct


def _wire(tree: Tree) -> Tree:
    if isinstance(tree, Secret):
        return {SIGNATURE: SECRET, "value": _wire(tree.value)}
    if isinstance(tree, dict):
        return {key: _wire(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_wire(item) for item in tree]
    return rpc.UNKNOWN if tree is UNKNOWN else tree


def plain(tree: Tree) -> Tree:
    """Copy *tree* with its secrets opened; what is unknown stays so."""
    if isinstance(tree, Secret):
        return plain(tree.value)
    if isinstance(tree, dict):
        return {key: plain(value) for key, value in tree.items()}
    return [plain(item) for item in tree] if isinstance(tree, list) else tree


def leaves(tree: Tree) -> Iterator[Tree]:
    """Walk every node of *tree*, so that any() can look for a kind of value."""
    yield tree
    if isinstance(tree, Secret):
        yield from leaves(tree.value)
    elif isinstance(tree, dict | list):
        for item in tree.values() if isinstance(tree, dict) else tree:
            yield from leaves(item)


def has_secret(tree: Tree) -> bool:
    """Whether any part of *tree* is secret."""
    return any(isinstance(node, Secret) for node in leaves(tree))


@dataclass(frozen=True)
class Change:
    """One property that differs: *kind* is ADD, UPDATE or DELETE, *value* the new one."""

    path: Path
    kind: str
    value: Tree


def changes(old: Tree, new: Tree, path: Path = ()) -> Iterator[Change]:
    """Find the smallest properties in which *new* differs from *old*, both without secrets."""
    if isinstance(old, dict) and isinstance(new, dict):
        pairs: list[tuple[str | int, Tree, Tree]] = [
            (key, old.get(key), new.get(key)) for key in sorted(old.keys() | new.keys())
        ]
    elif isinstance(old, list) and isinstance(new, list):
        size = max(len(old), len(new))
        pad = [None] * size
        pairs = list(zip(range(size), (old + pad)[:size], (new + pad)[:size], strict=True))
    else:
        if new is UNKNOWN or old != new or isinstance(old, bool) is not isinstance(new, bool):
            yield Change(path, "UPDATE", new)
        return
    for key, before, after in pairs:
        here = (*path, key)
        if before is None and after is not None:
            yield Change(here, "ADD", after)
        elif before is not None and after is None:
            yield Change(here, "DELETE", None)
        else:
            yield from changes(before, after, here)


def dotted(path: Path) -> str:
    """*path* as the engine writes it: `metadata.labels["a.b"]`, `spec.ports[0]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif any(mark in part for mark in '."[]'):
            quoted = part.replace('"', '\\"')
            text += f'["{quoted}"]'
        else:
            text += f".{part}" if text else part
    return text


def diff_response(
    found: list[Change], forces_new: Callable[[Change], bool]
) -> provider_pb2.DiffResponse:
    """Return the engine's form of *found*; a change of which *forces_new* is true replaces."""
    detailed = {}
    replaces = []
    for change in found:
        suffix = ""
        if forces_new(change):
            replaces.append(dotted(change.path))
            suffix = "_REPLACE"
        kind = provider_pb2.PropertyDiff.Kind.Value(change.kind + suffix)
        detailed[dotted(change.path)] = provider_pb2.PropertyDiff(kind=kind, inputDiff=True)
    some, none = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE
    return provider_pb2.DiffResponse(
        changes=some if found else none,
        diffs=sorted({str(change.path[0]) for change in found}),
        replaces=replaces,
        detailedDiff=detailed,
        hasDetailedDiff=True,
    )
