"""The base class of every spec.

A spec is frozen, closed to unknown fields, and valid or an error; it needs no network.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from components.spec.rule import OUTSIDE, error, is_rule, rule_of

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
        use_attribute_docstrings=True,
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

    @model_validator(mode="after")
    def _keeps_its_rules(self) -> Self:
        errors = [
            InitErrorDetails(type=error(rule.name, found), loc=found.place, input=None)
            for member in _rules(type(self))
            if (rule := rule_of(member))
            for found in rule.find(self)
        ]
        if errors:
            raise ValidationError.from_exception_data(type(self).__name__, errors)
        return self


@cache
def _rules(spec: type[Spec]) -> tuple[object, ...]:
    """Return the rules of *spec*: its members in source order, then those outside its class."""
    members = (member for cls in reversed(spec.__mro__) for member in vars(cls).values())
    return (*filter(is_rule, members), *OUTSIDE.get(spec, ()))
