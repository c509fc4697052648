"""Policies: rules that hold for the Kubernetes objects of any Pulumi program.

Each has the name of a rule, that of `check` where `check` has it too, and says the same of what
breaks it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from components.spec.rule import RULES, Fault
from stacks.policies.objects import Program, Resource


@dataclass(frozen=True)
class Found(Fault):
    """A fault, and the object that has it."""

    resource: Resource | None = None
    """None: it is of no object."""


Of: TypeAlias = Callable[[Resource], Iterator[Fault]]
OfAll: TypeAlias = Callable[[Program], Iterator[Found]]


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A rule, and how its faults are found in objects."""

    rule: str
    of: Of | None = None
    """Finds them in one object, before it is made."""

    of_all: OfAll | None = None
    """Finds them in what a program declares as a whole."""

    settings: Mapping[str, Mapping[str, Any]] | None = None
    """What it is to be told, as JSON schemas by name."""

    advisory: bool = False
    """Whether it only warns."""

    @property
    def summary(self) -> str:
        """What holds, in one line."""
        return RULES[self.rule].summary

    def said(self, fault: Fault, resource: Resource | None) -> str:
        """Return the line of a fault of *resource*: `object, place: fault; fix [rule]`."""
        place = ".".join(it for it in fault.place if it)
        where = ", ".join(filter(None, (resource.label if resource else "", place)))
        return f"{where}: {fault.message} [{self.rule}]"
