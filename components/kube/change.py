"""A change of an object that exists, for the rules that judge it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Manifest: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """An object as it is declared so far, and as it is to become.

    In a preview a value that is not known yet, or is secret, is missing or a text.
    """

    old: Manifest
    new: Manifest
    status: Manifest = field(default_factory=dict)
    """What its operator last said of it; empty if that is unknown."""

    def values(self, *path: str) -> tuple[Any, Any]:
        """Return what is at *path*, before and after; None where nothing is."""
        return at(self.old, *path), at(self.new, *path)

    def texts(self, *path: str) -> tuple[str, str]:
        """Return the texts at *path*, before and after; empty where none is."""
        return text_at(self.old, *path), text_at(self.new, *path)

    def names(self, *path: str) -> tuple[set[str], set[str]]:
        """Return the names of the items at *path*, before and after."""
        before, after = (
            {text_at(it, "name") for it in (found if isinstance(found, list) else ())}
            for found in self.values(*path)
        )
        return before, after


def at(manifest: Manifest, *path: str) -> Any:  # noqa: ANN401 - whatever is there
    """Return what is at *path* in *manifest*; None if nothing is."""
    found: Any = manifest
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def text_at(manifest: Manifest, *path: str) -> str:
    """Return the text at *path* in *manifest*; empty if none is there."""
    found = at(manifest, *path)
    return found if isinstance(found, str) else ""
