"""Rules: what must hold, how a fault against it is said, and why.

There are three rings. A *value* rule judges one text or number, a *spec* rule the fields of one
spec together, an *environment* rule the whole. The inner rings stand in the room of their type or
spec and cannot be waived: what they refuse cannot work. A *hint* judges the environment too, and
fails nothing: it says what a choice costs. docs/rules.md is made of all of them.
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypeVar

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

Ring: TypeAlias = Literal["value", "spec", "environment", "hint"]
Find = TypeVar("Find", bound=Callable[..., Iterator["Fault"]])


@dataclass(frozen=True)
class Fault:
    """One place that breaks a rule."""

    message: str
    """`fault; mend`"""

    place: tuple[str, ...] = ()
    """The path of the field, from what the rule judges down."""


@dataclass(frozen=True)
class Rule:
    """A rule: its stable id, and what finds the places that break it."""

    id: str
    ring: Ring
    find: Callable[..., Iterator[Fault]]
    waivable: bool = False
    """Whether an environment may have a reason to break it (WaiverSpec)."""

    @property
    def summary(self) -> str:
        """What holds where no fault is found, in one line."""
        return _paragraphs(self.find)[0]

    @property
    def reference(self) -> str:
        """Why, and who saw it; empty where the summary says it."""
        return " ".join(_paragraphs(self.find)[1:])


def _paragraphs(find: Callable[..., Iterator[Fault]]) -> list[str]:
    return [" ".join(part.split()) for part in (inspect.getdoc(find) or "").split("\n\n")]


RULES: dict[str, Rule] = {}
"""Every rule by its id."""

OUTSIDE: dict[type, list[Callable[..., Iterator[Fault]]]] = {}
"""What judges a spec from outside of its class, in the order in which it is written. The package
that holds the spec imports it, so that no spec is used unjudged."""


def of(ring: Ring) -> list[Rule]:
    """Return the rules of *ring* by their ids, whatever was imported first."""
    return [RULES[name] for name in sorted(RULES) if RULES[name].ring == ring]


def rule(
    name: str, ring: Ring, *, of: type | None = None, waivable: bool = False
) -> Callable[[Find], Find]:
    """Make a generator of faults the rule *name*; its docstring is the summary and the reference.

    *of* is the spec that it judges, where it stands outside of that class.

    Raise ValueError where another rule has that id.
    """

    def register(find: Find) -> Find:
        if name in RULES:
            raise ValueError(f"{name} is {RULES[name].find.__qualname__} already; take another id")
        RULES[name] = Rule(name, ring, find, waivable)
        find.__dict__["rule"] = name
        if of is not None:
            OUTSIDE.setdefault(of, []).append(find)
        return find

    return register


def is_rule(member: object) -> bool:
    """Say whether *member* of a class was made a rule."""
    return inspect.isfunction(member) and "rule" in vars(member)


def rule_of(member: object) -> Rule | None:
    """Return the rule that *member* of a class is; None where it is something else."""
    return RULES.get(vars(member)["rule"]) if is_rule(member) else None


def obeys(find: Callable[..., Iterator[Fault]]) -> AfterValidator:
    """Return the validator of a value that has the value rule *find*.

    Raise TypeError where it is none: a field of the same name hides a rule in the class body.
    """
    if rule_of(find) is None:
        raise TypeError(f"{find!r} is not a rule; decorate it, or give the field another name")

    def check(value: Any) -> Any:  # noqa: ANN401 - a value of any type is given back as it is
        if broken := rule_of(find):
            for found in broken.find(value):
                raise error(broken.id, found)
        return value

    return AfterValidator(check)


def error(name: str, found: Fault) -> PydanticCustomError:
    """Return what a validator raises for a fault against the rule *name*."""
    return PydanticCustomError(name, "{message}", {"message": found.message})
