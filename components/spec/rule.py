"""Rules: what must hold, how a fault against it is reported, and why.

A *value* rule judges one text or number, a *spec* rule the fields of one
spec together, an *environment* rule the whole. Value and spec rules stand with their type or spec
and cannot be waived: what they refuse cannot work. A *hint* judges the environment too, but fails
nothing: it says what a choice costs. A *change* rule judges an object that exists and what it is to
become, and refuses what cannot be done; a *consequence* says what a possible change brings with it.
A *policy* judges the Kubernetes objects of any Pulumi program (stacks/policies).
docs/rules.md is generated from all of them.

A rule is known by the name of its function, in kebab-case: `survives-one-host`.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypeVar

from pydantic import AfterValidator, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

Level: TypeAlias = Literal[
    "value", "spec", "environment", "hint", "change", "consequence", "policy"
]
_OF_ONE = ("spec", "change", "consequence")
"""Levels whose rules judge one class, which must be known."""

Find = TypeVar("Find", bound=Callable[..., Iterator["Fault"]])


@dataclass(frozen=True)
class Fault:
    """One place that breaks a rule."""

    message: str
    """`fault; fix`"""

    place: tuple[str, ...] = ()
    """The path of the field, from what the rule judges down."""


@dataclass(frozen=True)
class Rule:
    """A rule: its name, and the function that finds the places that break it."""

    name: str
    level: Level
    find: Callable[..., Iterator[Fault]]
    waivable: bool = False
    """Whether an environment may have a reason to break it (WaiverSpec)."""

    @property
    def summary(self) -> str:
        """What holds if no fault is found, in one line."""
        return _paragraphs(self.find)[0]

    @property
    def reference(self) -> str:
        """Why, and who saw it; empty if the summary says it all."""
        return " ".join(_paragraphs(self.find)[1:])


def _paragraphs(find: Callable[..., Iterator[Fault]]) -> list[str]:
    return [" ".join(part.split()) for part in (inspect.getdoc(find) or "").split("\n\n")]


RULES: dict[str, Rule] = {}
"""Every rule by its name."""

NUMBERS: dict[str, str] = {}
"""The names of the rules that had a number (`T305`), by that number. Goes with the next release."""

OUTSIDE: dict[type, list[Callable[..., Iterator[Fault]]]] = {}
"""The rules of a class that are defined outside it, in their order in the source. The package that
holds a spec imports them, so no spec is used unjudged."""


def of(level: Level) -> list[Rule]:
    """Return the rules of *level*, sorted by name: the order of imports does not matter."""
    return [RULES[name] for name in sorted(RULES) if RULES[name].level == level]


def rule(
    level: Level, *, was: str | None = None, of: type | None = None, waivable: bool = False
) -> Callable[[Find], Find]:
    """Make a generator of faults a rule; its docstring is the summary and the reference.

    *was* is the number that the rule had before it had a name; new rules have none.
    *of* is the class that it judges, if the function stands outside that class.

    Raise ValueError if the name is one word, if another rule has the name or the number, or if a
    rule of a spec stands outside a class and names none: no spec would be judged by it.
    """

    def register(find: Find) -> Find:
        name = find.__name__.replace("_", "-")
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", name):
            raise ValueError(f"'{name}' does not say what holds; use several words")
        if name in RULES:
            other = RULES[name].find
            raise ValueError(
                f"'{name}' is a rule of {other.__module__} already; choose another name"
            )
        if level in _OF_ONE and of is None and find.__qualname__ == find.__name__:
            raise ValueError(f"'{name}' judges no spec; write of=, or move it into its class")
        if was in NUMBERS:
            raise ValueError(f"{was} is the number of '{NUMBERS[was]}'; leave it out")
        RULES[name] = Rule(name, level, find, waivable)
        if was:
            NUMBERS[was] = name
        find.__dict__["rule"] = name
        if of is not None:
            OUTSIDE.setdefault(of, []).append(find)
        return find

    return register


def is_rule(member: object) -> bool:
    """Return whether *member* of a class is a rule."""
    return inspect.isfunction(member) and "rule" in vars(member)


def rule_of(member: object) -> Rule | None:
    """Return *member* of a class as a rule; None if it is something else."""
    return RULES.get(vars(member)["rule"]) if is_rule(member) else None


def obeys(*finds: Callable[..., Iterator[Fault]]) -> AfterValidator:
    """Return the validator that applies the value rules *finds*; each reports all that it finds.

    A rule that needs what another one ensures is applied after it, by another validator.

    Raise TypeError if one is not a rule: a field of the same name hides a rule in a class body.
    """
    for find in finds:
        if rule_of(find) is None:
            raise TypeError(f"{find!r} is not a rule; decorate it, or give the field another name")

    def check(value: Any) -> Any:  # noqa: ANN401 - a value of any type is returned unchanged
        rules = filter(None, map(rule_of, finds))
        if found := [(rule.name, fault) for rule in rules for fault in rule.find(value)]:
            raise faulty("value", found)
        return value

    return AfterValidator(check)


def faulty(title: str, found: Iterable[tuple[str, Fault]]) -> ValidationError:
    """Return the exception for faults, each with the name of its rule.

    Raised in a validator, pydantic puts them among the others, each at its place.
    """
    errors = [
        InitErrorDetails(type=_error(name, fault), loc=fault.place, input=None)
        for name, fault in found
    ]
    return ValidationError.from_exception_data(title, errors)


def _error(name: str, found: Fault) -> PydanticCustomError:
    # pydantic keeps a message as UTF-8, which half of a character is not.
    message = found.message.encode(errors="backslashreplace").decode()
    return PydanticCustomError(name, "{message}", {"message": message})
