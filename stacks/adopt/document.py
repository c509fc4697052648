"""An object as people have it, and what is said of each of its fields.

Every field is either read by a subject (stacks/adopt/subjects.py), or reported as kept out: none is
dropped silently.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, TypeVar

from stacks.adopt.templates import templated

Path: TypeAlias = tuple[str | int, ...]
Verdict: TypeAlias = Literal["kept out", "changed", "fill in"]
"""What happens to a field: tier0 has no word for it, it becomes another one, or the reader has to
say more than a manifest can."""

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Note:
    """One line of the report."""

    place: str
    """`file: Kind namespace/name field.path`"""
    verdict: Verdict
    text: str
    """A clause, or `what; why`."""

    def __str__(self) -> str:
        """Return the line that is printed."""
        return f"{self.place}: {self.text}"


@dataclass(kw_only=True)
class Document:
    """One object, what was read of it, and what is said of it."""

    source: str
    """The file, or the context of the cluster."""
    kind: str
    namespace: str
    name: str
    body: Mapping[str, Any]
    listed: Mapping[str, Any] = field(default_factory=dict)
    """What a catalog has for it: an image, and those of extensions."""
    notes: list[Note] = field(default_factory=list)
    taken: set[Path] = field(default_factory=set)
    known: set[Path] = field(default_factory=set)
    """What tier0 has a word inside of, whether that is there or not."""

    @property
    def place(self) -> str:
        """It, as the report names it."""
        return f"{self.source}: {self.called}"

    @property
    def called(self) -> str:
        """Its kind, namespace and name."""
        return f"{self.kind} {self.namespace}/{self.name}"

    @property
    def spec(self) -> "Fields":
        """What it declares."""
        return Fields(self, ("spec",))

    def say(self, verdict: Verdict, path: Path, text: str) -> None:
        """Note something of a field, which then is not reported again."""
        where = f" {dotted(path)}" if path else ""
        self.notes.append(Note(place=f"{self.place}{where}", verdict=verdict, text=text))
        if path:
            self.taken.add(path)

    def left(self) -> list[Path]:
        """Return the outermost fields that nothing has read, and inside of which nothing is."""
        marked = {path[:length] for path in self.taken for length in range(1, len(path) + 1)}
        return [
            path
            for head in ("metadata", "spec")
            for path in _left(self.body.get(head), (head,), self.taken, marked | self.known)
            if path not in _IDENTITY
        ]


_IDENTITY = {("metadata", "name"), ("metadata", "namespace")}


def _left(value: object, path: Path, taken: set[Path], marked: set[Path]) -> Iterator[Path]:
    if value is None or value in ({}, []) or path in taken:
        return
    if len(path) > 1 and path not in marked and not _holds_template(value):
        yield path
    elif isinstance(value, Mapping):
        for name, it in value.items():
            yield from _left(it, (*path, name), taken, marked)
    elif isinstance(value, list):
        for index, it in enumerate(value):
            yield from _left(it, (*path, index), taken, marked)


def dotted(path: Path) -> str:
    """Return a path as it is printed: `spec.plugins[0].name`."""
    text = "".join(f"[{it}]" if isinstance(it, int) else f".{it}" for it in path)
    return text.removeprefix(".")


def _holds_template(value: object) -> bool:
    """Tell whether a mapping or a list has a template somewhere, which then is named itself."""
    if isinstance(value, Mapping | list):
        parts = value.values() if isinstance(value, Mapping) else value
        return any(templated(it) or _holds_template(it) for it in parts)
    return False


class Fields:
    """The fields of an object below a path; what is read of them is not reported."""

    def __init__(self, document: Document, path: Path = ()) -> None:
        """Look below *path* of *document*."""
        self.document, self.path = document, path

    def at(self, *path: str | int) -> object:
        """Return the value below a path, which stays unread; None where there is none."""
        value: Any = self.document.body
        whole = (*self.path, *path)
        self.document.known |= {whole[:length] for length in range(1, len(whole))}
        for step in whole:
            if isinstance(value, Mapping):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value

    def _read(self, kind: type[T], path: Path) -> T | None:
        value = self.at(*path)
        whole = isinstance(value, kind) and not (kind is int and isinstance(value, bool))
        if not whole or templated(value):
            return None
        self.document.taken.add((*self.path, *path))
        return value  # type: ignore[return-value] # isinstance has looked at it

    def text(self, *path: str | int) -> str | None:
        """Read a text that is no template; None where there is none."""
        return self._read(str, path)

    def word(self, *path: str | int, of: Sequence[str]) -> str | None:
        """Read a text that is one *of* these."""
        return self.text(*path) if self.at(*path) in of else None

    def number(self, *path: str | int) -> int | None:
        """Read a whole number."""
        return self._read(int, path)

    def flag(self, *path: str | int) -> bool | None:
        """Read whether something is so."""
        return self._read(bool, path)

    def quantity(self, *path: str | int) -> str | None:
        """Read an amount, which YAML may take for a number."""
        number = self.number(*path)
        return self.text(*path) if number is None else str(number)

    def texts(self, *path: str | int) -> list[str]:
        """Read a list of texts; [] where it is none, which then is reported."""
        value = self.at(*path)
        if not isinstance(value, list) or not all(isinstance(it, str) for it in value):
            return []
        if any(map(templated, value)):
            return []
        self.document.taken.add((*self.path, *path))
        return list(value)

    def inside(self, *path: str | int) -> "Fields":
        """Return the fields below a path."""
        return Fields(self.document, (*self.path, *path))

    def items(self, *path: str | int) -> list["Fields"]:
        """Return the fields of each entry of a list."""
        self.document.known.add((*self.path, *path))
        value = self.at(*path)
        count = len(value) if isinstance(value, list) else 0
        return [self.inside(*path, index) for index in range(count)]

    def names(self, *path: str | int) -> list[str]:
        """Return the keys of a mapping, none of them read."""
        self.document.known.add((*self.path, *path))
        value = self.at(*path)
        return [it for it in value if isinstance(it, str)] if isinstance(value, Mapping) else []

    def __bool__(self) -> bool:
        """Whether anything is there."""
        return bool(self.at())

    def changed(self, path: Sequence[str | int], text: str) -> None:
        """Say what a field becomes, and why."""
        self.document.say("changed", (*self.path, *path), text)

    def kept_out(self, path: Sequence[str | int], text: str) -> None:
        """Say why tier0 has no word for a field."""
        self.document.say("kept out", (*self.path, *path), text)

    def fill_in(self, path: Sequence[str | int], text: str) -> None:
        """Say what the reader has to decide."""
        self.document.say("fill in", (*self.path, *path), text)
