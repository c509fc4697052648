"""Faults as sentences: `place: fault; mend [rule]`, one line each."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from types import UnionType
from typing import Any, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from components.rule import RULES
from components.spec import Spec

_TYPES = {
    "string_type": "text in quotes",
    "int_type": "a whole number without quotes",
    "bool_type": "True or False",
    "mapping_type": "a dict {name: spec}",
    "dict_type": "a dict {name: spec}",
}


def sentences(error: ValidationError, spec: type[Spec]) -> list[str]:
    """Return a line for each fault that *error*, raised for a *spec*, has; each once."""
    return list(dict.fromkeys(_sentence(found, spec) for found in error.errors(include_url=False)))


def place(location: Sequence[int | str]) -> str:
    """Return a path; pydantic's marks (a union's arm, a mapping's key) are not part of it."""
    return ".".join(str(part) or "''" for part in location if not str(part).startswith(("<", "[")))


def _sentence(found: ErrorDetails, spec: type[Spec]) -> str:
    *parents, last = found["loc"] or ("",)
    where = place(found["loc"]) or spec.__name__
    mark = f" [{found['type']}]" if found["type"] in RULES else ""
    return f"{where}: {_fault(found, _spec_at(spec, parents), str(last))}{mark}"


def _fault(found: ErrorDetails, spec: type[Spec] | None, field: str) -> str:
    kind = found["type"]
    if kind == "extra_forbidden" and spec:
        close = get_close_matches(field, spec.model_fields, n=1)
        fields = ", ".join(spec.model_fields)
        mend = f"did you mean '{close[0]}'?" if close else f"{spec.__name__} has {fields}"
        return f"unknown field; {mend}"
    if kind == "missing" and spec:
        meaning = spec.model_fields[field].description or ""
        return f"is missing; write it: {meaning.split('. ')[0].split(chr(10))[0].rstrip('.')}"
    if kind in _TYPES:
        return (
            f"{found['input']!r} is {_article(type(found['input']).__name__)}; write {_TYPES[kind]}"
        )
    if kind == "model_type":
        wanted = found["ctx"]["class_name"]
        given = found["input"]
        shown = type(given).__name__ if isinstance(given, Spec) else repr(given)
        return f"{shown} is not {_article(wanted)}; write {wanted}(...)"
    message = found["msg"]
    if ";" in message:
        return message
    return f"{found['input']!r} is refused; {message[0].lower()}{message[1:]}".replace(
        "input should", "it should"
    )


def _article(name: str) -> str:
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def _spec_at(spec: type[Spec], location: Sequence[int | str]) -> type[Spec] | None:
    """Return the class of the spec at *location*, or None where there is none."""
    current: Any = spec
    for part in location:
        if str(part).startswith("<"):
            continue
        if isinstance(current, type) and issubclass(current, Spec):
            field = current.model_fields.get(str(part))
            current = field.annotation if field else None
        else:  # a mapping: its key leads to its values
            current = get_args(current)[-1] if get_args(current) else None
    found = list(_specs(current))
    if len(found) == 1:
        return found[0]
    # A union: pydantic marks the arm that it took.
    marks = [str(part) for part in location if str(part).startswith("<")]
    return next((arm for arm in found if marks and marks[-1][1:-1] in arm.__name__.lower()), None)


def _specs(annotation: Any) -> Iterator[type[Spec]]:  # noqa: ANN401 - any annotation
    if isinstance(annotation, type) and issubclass(annotation, Spec):
        yield annotation
    elif get_origin(annotation) is UnionType or get_args(annotation):
        for argument in get_args(annotation):
            yield from _specs(argument)
