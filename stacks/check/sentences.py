"""Faults as sentences: `place: fault; fix [rule]`, one line each."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from types import UnionType
from typing import Any, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from components.spec import Spec, meanings
from components.spec.rule import RULES
from components.spec.words import INT32_MOST

_TYPES = {
    "string_type": "text in quotes",
    "int_type": "a whole number without quotes",
    "bool_type": "True or False",
    "mapping_type": "a dict {name: ...}",
    "dict_type": "a dict {name: ...}",
    "is_instance_of": "a list [...]",
}
_LONGEST = 80
"""The most characters of a value that are shown; a longer one is identified by its place."""

_LONGEST_QUOTED = 200
"""The most characters of a text that a sentence quotes; an image with its digest has fewer."""

_LONGEST_LINE = 2000
_MOST_NAMED = 15
_CLOSE = 0.72
"""How alike two names are if one may be meant: 'tablespaces' is no 'namespace'."""

_TOO = {"greater_than_equal": "small", "less_than_equal": "large"}


def sentences(error: ValidationError, spec: type[Spec]) -> list[str]:
    """Return a line for each fault in *error*, which was raised for a *spec*; each once."""
    found = (printable(_sentence(found, spec)) for found in error.errors(include_url=False))
    return list(dict.fromkeys(found))


def printable(text: str) -> str:
    """Return *text* as one printable line: a value may hold control characters, or be a book."""
    short = re.sub(rf"'([^']{{{_LONGEST_QUOTED + 1},}})'", _cut, text)
    if len(short) > _LONGEST_LINE:
        short = f"{short[: _LONGEST_LINE // 2]} ... {short[-_LONGEST_LINE // 4 :]}"
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in short
    )


def _cut(quoted: re.Match[str]) -> str:
    return f"'{quoted[1][:40]}...{quoted[1][-10:]}'"


def place(location: Sequence[int | str]) -> str:
    """Return a path, without pydantic's marks (a union's arm, a mapping's key)."""
    return ".".join(
        str(part)[:_LONGEST_QUOTED] or "''"
        for part in location
        if not str(part).startswith(("<", "["))
    )


def _sentence(found: ErrorDetails, spec: type[Spec]) -> str:
    path = [part for part in found["loc"] if not str(part).startswith(("<", "["))]
    where = place(found["loc"]) or spec.__name__
    mark = f" [{found['type']}]" if found["type"] in RULES else ""
    marked = _marked(found["loc"])
    parent = _spec_at(spec, found["loc"][: marked - 1]) if path else None
    return f"{where}: {_fault(found, parent, str(path[-1]) if path else '')}{mark}"


def _marked(location: Sequence[int | str]) -> int:
    """Return the length of *location* without trailing marks."""
    length = len(location)
    while length and str(location[length - 1]).startswith(("<", "[")):
        length -= 1
    return length


def _fault(  # noqa: PLR0911 - a case for each kind
    found: ErrorDetails, spec: type[Spec] | None, field: str
) -> str:
    kind, given = found["type"], found["input"]
    known = spec.model_fields.get(field) if spec else None
    if isinstance(given, tuple) and len(given) == 1 and kind not in RULES:
        return f"is a tuple of 1 {type(given[0]).__name__}; remove the comma after it"
    if kind == "extra_forbidden" and spec:
        return f"unknown field; {_meant(field, spec)}"
    if kind == "missing" and spec and known:
        return f"is missing; write it: {_meaning(spec, field)}"
    if kind == "string_too_short" and spec and known:
        return f"is empty; write it: {_meaning(spec, field)}"
    if kind in _TOO and known:
        small = kind == "greater_than_equal"
        return f"{_shown(given)} is too {_TOO[kind]}; write {_range(known, small=small)}"
    if kind == "literal_error":
        fix = f"write {found['ctx']['expected']}"
        optional = known and known.default is None
        return f"{_shown(given)} is not a choice; {fix}{', or leave it out' * bool(optional)}"
    if kind == "sequence_str":
        return f"{_shown(given)} is a str; write a list, like [{_shown(given)}]"
    if kind in _TYPES:
        return f"{_shown(given)} is {_kind(given)}; write {_TYPES[kind]}"
    if kind == "model_type":
        wanted = [it.__name__ for it in specs_of(known.annotation)] if known else []
        wanted = wanted or [found["ctx"]["class_name"]]
        fix = " or ".join(f"{name}(...)" for name in wanted)
        return f"{_shown(given)} is not {_article(wanted[0])}; write {fix}"
    # The sentences of rules; the types of specs raise no other kind of pydantic's.
    return found["msg"]


def _meant(field: str, spec: type[Spec]) -> str:
    known = spec.model_fields
    for name, info in known.items():
        listed = get_origin(info.annotation) in {Mapping, Sequence}
        if not listed and any(field in it.model_fields for it in specs_of(info.annotation)):
            return f"write it into '{name}', which has it"
    close = get_close_matches(field, known, n=1, cutoff=_CLOSE)
    close += [it for it in get_close_matches(field, known) if it[:3] == field[:3]]
    if close:
        return f"did you mean '{close[0]}'?"
    many = len(known) > _MOST_NAMED
    fields = "what docs/specs.md lists" if many else ", ".join(known)
    return f"{spec.__name__} has {fields}"


def _meaning(spec: type[Spec], field: str) -> str:
    return meanings(spec)[field].split(". ")[0].split("\n\n")[0].rstrip(".").replace("\n", " ")


def _range(field: FieldInfo, *, small: bool) -> str:
    limits = {
        name: getattr(limit, name)
        for limit in field.metadata
        for name in ("ge", "le")
        if hasattr(limit, name)
    }
    if small and limits.get("le", 0) >= INT32_MOST:
        del limits["le"]  # a bound of the type, and no advice
    if len(limits) == 1:
        return " ".join(
            f"{number} or {'more' if name == 'ge' else 'less'}" for name, number in limits.items()
        )
    return f"{limits['ge']} to {limits['le']}"


def _shown(value: object) -> str:
    if isinstance(value, Spec):
        return type(value).__name__
    try:
        shown = repr(value)
    except ValueError:  # a number of more digits than Python prints
        return "it"
    return shown if len(shown) <= _LONGEST else "it"


def _kind(value: object) -> str:
    if value is None:
        return "no value"
    return "a spec" if isinstance(value, Spec) else _article(type(value).__name__)


def _article(name: str) -> str:
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def _spec_at(spec: type[Spec], location: Sequence[int | str]) -> type[Spec] | None:
    """Return the class of the spec at *location*, or None if there is none."""
    current: Any = spec
    for part in location:
        current = _below(current, str(part))
    found = list(specs_of(current))
    return found[0] if len(found) == 1 else None


def _below(annotation: Any, part: str) -> Any:  # noqa: ANN401 - any annotation
    """Return the annotation that *part* of a location leads to."""
    found = list(specs_of(annotation))
    if part.startswith("<"):  # pydantic marks the arm of a union that it took
        return next((arm for arm in found if part[1:-1] in arm.__name__.lower()), None)
    if get_origin(annotation) in {Mapping, Sequence}:
        return get_args(annotation)[-1]
    field = found[0].model_fields.get(part) if len(found) == 1 else None
    return field.annotation if field else None


def specs_of(annotation: Any) -> Iterator[type[Spec]]:  # noqa: ANN401 - any annotation
    """Yield each class of specs that *annotation* has in it."""
    if isinstance(annotation, type) and issubclass(annotation, Spec):
        yield annotation
    elif get_origin(annotation) is UnionType or get_args(annotation):
        for argument in get_args(annotation):
            yield from specs_of(argument)
