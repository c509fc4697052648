"""Waivers: a rule broken on purpose, with place, reason and last day."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from components.spec import Spec
from components.spec.rule import NUMBERS, RULES, Fault, Rule, obeys, of, rule
from components.spec.words import Date


@rule("value", was="T701")
def waived_rule_is_waivable(name: str) -> Iterator[Fault]:
    """Only a rule that is a judgement can be waived.

    What the others refuse cannot work, or silently loses data.
    """
    found = RULES.get(NUMBERS.get(name, name))
    if found is None:
        yield Fault(f"'{name}' is not a rule; write a name from docs/rules.md")
    elif not found.waivable:
        yield Fault(
            f"'{name}' cannot be waived; fix what it finds (docs/rules.md marks those that can be)"
        )


@rule("value", was="T702")
def waiver_has_reason(because: str) -> Iterator[Fault]:
    """A waiver has a reason that the next reader understands.

    One word ("later", "TODO") soon means nothing to anyone; a sentence has at least three.
    """
    if len(because.split()) < 3:  # noqa: PLR2004 - subject, verb, object
        yield Fault(f"'{because}' is not a reason; write a sentence that says why")


class WaiverSpec(Spec):
    """Permission to break one rule at one place until a date."""

    rule: Annotated[str, obeys(waived_rule_is_waivable)]
    """Name of the rule, from docs/rules.md, like `survives-one-host`."""

    place: str
    """The field at which `check` finds the fault, as it prints it."""

    because: Annotated[str, obeys(waiver_has_reason)]
    """Why it is broken here, in a sentence."""

    until: Date
    """The last day of the permission."""

    @property
    def name(self) -> str:
        """Name of the rule, also if `rule` is the number that it had before."""
        return NUMBERS.get(self.rule, self.rule)


@dataclass(frozen=True)
class Broken:
    """A rule that is broken at one place."""

    rule: Rule
    fault: Fault

    @property
    def place(self) -> str:
        """The place as it is printed."""
        return ".".join(map(str, self.fault.place))  # YAML has keys that are numbers

    def __str__(self) -> str:
        """Return the line that is printed: place, fault, fix and the rule's name."""
        return f"{self.place}: {self.fault.message} [{self.rule.name}]"


def broken(environment: Spec) -> Iterator[Broken]:
    """Yield every rule of the environment that *environment* breaks, waived or not.

    Raise RuntimeError if those rules are not loaded: an environment is never valid only because
    nothing judged it.
    """
    judges = of("environment")
    if not judges:
        raise RuntimeError("the rules of environments are not loaded; import stacks.check")
    for it in judges:
        for found in it.find(environment):
            yield Broken(it, found)


def waiver(waivers: Sequence[WaiverSpec]) -> Callable[[Broken], WaiverSpec | None]:
    """Return a function that finds the waiver of a broken rule; it returns None without one."""
    known = {(it.name, it.place): it for it in waivers}

    def found(it: Broken) -> WaiverSpec | None:
        return known.get((it.rule.name, it.place)) if it.rule.waivable else None

    return found
