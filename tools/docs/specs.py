"""Write what is generated from the code: pages and schemas in docs/, and the dashboard.

`python -m tools.docs.specs` writes them; a test fails while they are not what this yields.
"""

import ast
import inspect
import json
import types
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import ConfigDict, TypeAdapter

from components.drills.dashboard import DOCUMENT
from components.pods import evidence
from components.pods.evidence import SCHEMA, Evidence, Phase, Proof
from components.spec import Spec, meanings
from components.spec import words as vocabulary
from stacks.environment import EnvironmentSpec
from stacks.plan.plan import CertificatePlan, DatabasePlan, GenerationPlan, Plan
from stacks.plan.proven import ObjectivePlan
from stacks.render.diff import FieldChange, ObjectChange
from stacks.report.proof import Proof as ObjectiveProof
from tools import ROOT
from tools.docs import alerts, dashboard
from tools.docs.rules import rules

DOCS = ROOT / "docs"

_HEAD = """# Specs

What an environment module in `stacks/` may say. Generated from the specs by `make docs`; every
class is closed (an unknown field is a fault) and frozen. `python -m stacks check` tells every fault
of a value, every fault between the values that are valid, and what the databases without a fault do
to each other and to the rest.
"""


_PLAN = (
    Plan,
    DatabasePlan,
    GenerationPlan,
    ObjectivePlan,
    ObjectiveProof,
    CertificatePlan,
    ObjectChange,
    FieldChange,
)
"""The classes of what `plan --json` prints."""


def documents() -> dict[Path, str]:
    """Return the text of each generated file."""
    return {
        DOCS / "specs.md": _specs(),
        DOCS / "rules.md": rules(),
        DOCS / "alerts.md": alerts.document(),
        DOCUMENT: dashboard.document(),
        DOCS / "environment.schema.json": _json(EnvironmentSpec.model_json_schema()),
        DOCS / "plan.schema.json": _json(_plan_schema()),
        DOCS / "drill.schema.json": _json(_drill_schema()),
    }


def _json(schema: Mapping[str, Any]) -> str:
    return json.dumps(schema, indent=2) + "\n"


def _drill_schema() -> Mapping[str, Any]:
    """Return the schema of a drill's evidence, with the promise of its compatibility."""
    for shape in (Evidence, Phase, Proof):
        _documented(shape)
    schema = TypeAdapter(Evidence).json_schema(mode="serialization")
    schema["properties"]["schema"]["const"] = SCHEMA
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "The evidence of a drill",
        "description": (evidence.__doc__ or "").strip(),
    }


def _documented(shape: Any) -> None:  # noqa: ANN401 - a class not its own
    """Tell pydantic to read the docstrings under the fields of a class that is not its own."""
    shape.__pydantic_config__ = ConfigDict(use_attribute_docstrings=True)


def _plan_schema() -> Mapping[str, Any]:
    """Return the schema of what `plan --json` prints, alone and with `--against`."""
    for shape in _PLAN:
        _documented(shape)
    schema = TypeAdapter(Plan | list[ObjectChange]).json_schema()
    return {"title": "What `python -m stacks plan --json` prints", **schema}


def _specs() -> str:
    return "\n".join([_HEAD, *map(_class, every_spec()), _words()])


def every_spec() -> list[type[Spec]]:
    """Return the specs that an environment may hold, outermost first."""
    return list(dict.fromkeys(_reachable(EnvironmentSpec)))


def _annotations(spec: type[Spec]) -> Mapping[str, Any]:
    """Return the annotations of *spec* and its bases, theirs first."""
    own = (vars(it).get("__annotations__", {}) for it in reversed(spec.__mro__))
    return {name: it for annotations in own for name, it in annotations.items()}


def _reachable(annotation: object) -> Iterator[type[Spec]]:
    """Yield the specs in *annotation* and those that their fields hold, outermost first."""
    if isinstance(annotation, type) and issubclass(annotation, Spec):
        yield annotation
        for field in _annotations(annotation).values():
            yield from _reachable(field)
    else:
        for argument in get_args(annotation):
            yield from _reachable(argument)


def _class(spec: type[Spec]) -> str:
    lines = [
        f"## {spec.__name__}",
        "",
        inspect.getdoc(spec) or "",
        "",
        "| field | type | default | meaning |",
        "|---|---|---|---|",
    ]
    for name, annotation in _annotations(spec).items():
        field = spec.model_fields.get(name)
        if field is None:
            continue
        default = "required" if field.is_required() else _default(field.default)
        meaning = " ".join(meanings(spec)[name].split())
        limits = "".join(f", {text}" for text in map(_limit, field.metadata) if text)
        lines.append(f"| `{name}` | {_type(annotation)}{limits} | {default} | {meaning} |")
    return "\n".join([*lines, ""])


def _default(value: object) -> str:
    return f"`{type(value).__name__}()`" if isinstance(value, Spec) else f"`{value!r}`"


def _limit(constraint: object) -> str:
    for attribute, sign in (("ge", "≥"), ("le", "≤")):
        if hasattr(constraint, attribute):
            return f"{sign} {getattr(constraint, attribute)}"
    return ""


def _type(annotation: Any) -> str:  # noqa: ANN401, PLR0911 - any annotation, a case each
    if word := _word(annotation):
        return f"[{word}](#words)"
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type(arguments[0])
    if origin in {types.UnionType, Union}:  # the latter is what `Annotated[...] | None` is
        return " or ".join(map(_type, arguments))
    if origin is Literal:
        return ", ".join(f"`{value!r}`" for value in arguments)
    if annotation is types.NoneType:
        return "`None`"
    if isinstance(annotation, type) and issubclass(annotation, Spec):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    if origin is Sequence:
        return f"[{_type(arguments[0])}]"
    if arguments:
        return f"{{{_type(arguments[0])}: {_type(arguments[1])}}}"
    return str(getattr(annotation, "__name__", annotation))


def _word(annotation: Any) -> str | None:  # noqa: ANN401 - any annotation
    """Return the name of the word that *annotation* is, or is followed by its own rule."""
    if get_origin(annotation) is not Annotated:
        return None
    base, *marks = get_args(annotation)
    for name, word in vars(vocabulary).items():
        if get_origin(word) is Annotated:
            its_base, *its_marks = get_args(word)
            if base is its_base and marks[: len(its_marks)] == its_marks:
                return name
    return None


def _words() -> str:
    """Return the vocabulary: each word's docstring stands under its assignment."""
    body = ast.parse(inspect.getsource(vocabulary)).body
    lines = ["## Words", "", "| word | meaning |", "|---|---|"]
    for assignment, docstring in pairwise(body):
        if (
            isinstance(assignment, ast.Assign)
            and isinstance(assignment.targets[0], ast.Name)
            and isinstance(docstring, ast.Expr)
            and isinstance(docstring.value, ast.Constant)
        ):
            meaning = " ".join(str(docstring.value.value).split())
            lines.append(f"| {assignment.targets[0].id} | {meaning} |")
    return "\n".join([*lines, ""])


def main() -> None:
    """Write the files."""
    for path, text in documents().items():
        path.write_text(text, encoding="utf-8")
        print(path)


if __name__ == "__main__":
    main()
