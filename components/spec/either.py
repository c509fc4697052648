"""A field that is one of several specs."""

from dataclasses import dataclass
from typing import Any, get_args

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


@dataclass(frozen=True)
class Either:
    """Marks the union `First | Second | ...` of specs, in an `Annotated`.

    A value is the second if it has that type, or is a mapping with *key*; so each further one with
    its key of *others*. Everything else is judged as the first, so that a fault names one spec and
    not all.
    """

    key: str | None = None
    others: tuple[str, ...] = ()

    def __get_pydantic_core_schema__(
        self,
        source: Any,  # noqa: ANN401 - no type describes a union
        handler: GetCoreSchemaHandler,
    ) -> CoreSchema:
        """Return what pydantic validates by; each arm's mark is its name in `<>`."""
        first, *further = get_args(source)
        marks = {
            spec: f"<{spec.__name__.removesuffix('Spec').lower()}>" for spec in (first, *further)
        }
        keys = dict(zip(further, (self.key, *self.others), strict=True))

        def which(value: object) -> str:
            for spec, key in keys.items():
                if isinstance(value, spec) or (isinstance(value, dict) and key in value):
                    return marks[spec]
            return marks[first]

        arms = {marks[spec]: handler.generate_schema(spec) for spec in marks}
        return core_schema.tagged_union_schema(arms, which)
