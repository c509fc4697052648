"""The base class of every spec.

A spec is frozen, closed to unknown fields, and valid or an error; it needs no network.
"""

import ast
import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from itertools import pairwise
from textwrap import dedent
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, model_validator

from components.spec.rule import OUTSIDE, faulty, is_rule, rule_of

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

_drafting: ContextVar[bool] = ContextVar("drafting", default=False)


@contextmanager
def drafting() -> Iterator[None]:
    """Build specs without validating them, so that the outermost can be validated as a whole.

    A nested constructor call would raise at the first fault and would not know its place in the
    environment. Drafts are never used: `model_validate` of the outermost spec returns the real
    specs, or raises every fault at once, each with its full path.
    """
    token = _drafting.set(True)
    try:
        yield
    finally:
        _drafting.reset(token)


class Spec(BaseModel):
    """The declaration of one thing; frozen and closed, with a docstring under each field."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        revalidate_instances="always",
    )

    def __init__(self, /, **data: Any) -> None:  # noqa: ANN401 - the fields' own types are checked
        if _drafting.get():
            object.__setattr__(self, "__dict__", data)
            object.__setattr__(self, "__pydantic_fields_set__", set(data))
            object.__setattr__(self, "__pydantic_extra__", None)
            object.__setattr__(self, "__pydantic_private__", None)
        else:
            super().__init__(**data)

    @model_validator(mode="wrap")
    @classmethod
    def _names_are_text(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:  # noqa: ANN401 - whatever was written
        if isinstance(value, dict) and not all(isinstance(name, str) for name in value):
            # `__init__` takes no other names, and none of these is a field.
            value = {str(name): given for name, given in value.items()}
        return handler(value)

    @model_validator(mode="after")
    def _keeps_its_rules(self) -> Self:
        rules = filter(None, map(rule_of, rules_of(type(self))))
        if found := [(rule.name, fault) for rule in rules for fault in rule.find(self)]:
            raise faulty(type(self).__name__, found)
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: "CoreSchema", handler: "GetJsonSchemaHandler"
    ) -> "JsonSchemaValue":
        found = handler(schema)
        properties = handler.resolve_ref_schema(found)["properties"]
        for name, meaning in meanings(cls).items():
            properties[name]["description"] = meaning
        return found


@cache
def meanings(spec: type[Spec]) -> Mapping[str, str]:
    """Return the docstring under each field of *spec* and its bases, by the field's name.

    pydantic reads them too (`use_attribute_docstrings`), but each time that the class is made,
    which took a seventh of the time of `check`.
    """
    bases = [it for it in spec.__bases__ if issubclass(it, Spec) and it is not Spec]
    inherited = {name: meaning for it in bases for name, meaning in meanings(it).items()}
    (definition,) = ast.parse(dedent(inspect.getsource(spec))).body
    body = definition.body if isinstance(definition, ast.ClassDef) else []
    return inherited | {
        field.target.id: inspect.cleandoc(text.value.value)
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }


@cache
def rules_of(spec: type[Spec]) -> tuple[object, ...]:
    """Return the rules of *spec*: its members in source order, then those outside its class."""
    members = (member for cls in reversed(spec.__mro__) for member in vars(cls).values())
    return (*filter(is_rule, members), *OUTSIDE.get(spec, ()))
