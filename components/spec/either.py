"""A field that is one of two specs."""

from dataclasses import dataclass
from typing import Any, get_args

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


@dataclass(frozen=True)
class Either:
    """Marks the union `First | Second` of two specs, in an `Annotated`.

    A value is the second if it has that type, or is a mapping with *key*. Everything else is judged
    as the first, so that a fault names one spec and not both.
    """

    key: str | None = None

    def __get_pydantic_core_schema__(
        self,
        source: Any,  # noqa: ANN401 - no type describes a union
        handler: GetCoreSchemaHandler,
    ) -> CoreSchema:
        """Return what pydantic validates by; each arm's mark is its name in `<>`."""
        first, second = get_args(source)
        marks = {
            spec: f"<{spec.__name__.removesuffix('Spec').lower()}>" for spec in (first, second)
        }

        def which(value: object) -> str:
            keyed = isinstance(value, dict) and self.key in value
            return marks[second if isinstance(value, second) or keyed else first]

        arms = {marks[spec]: handler.generate_schema(spec) for spec in (first, second)}
        return core_schema.tagged_union_schema(arms, which)
