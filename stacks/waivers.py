"""Waivers: who breaks a rule on purpose says which, where, why and until when."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from components.spec import Spec
from components.spec.rule import RULES, Fault, Rule, obeys, of, rule
from components.spec.words import Date


@rule("T701", "value")
def can_be_waived(name: str) -> Iterator[Fault]:
    """Only a rule about what is wise is waived.

    What the others refuse cannot work, or loses data without a word.
    """
    if name not in RULES:
        yield Fault(f"'{name}' is no rule; write an id from docs/rules.md")
    elif not RULES[name].waivable:
        yield Fault(
            f"'{name}' cannot be waived; mend what it finds (docs/rules.md says which can be)"
        )


@rule("T702", "value")
def says_why(because: str) -> Iterator[Fault]:
    """A waiver has a reason that the next person understands.

    One word ("later", "TODO") outlives whoever knew what it meant; a sentence has three at least.
    """
    if len(because.split()) < 3:  # noqa: PLR2004 - subject, verb, object
        yield Fault(f"'{because}' is no reason; write a sentence that says why")


class WaiverSpec(Spec):
    """Leave to break one rule at one place, for a time."""

    rule: Annotated[str, obeys(can_be_waived)]
    """Id of the rule, from docs/rules.md."""

    place: str
    """The field at which `check` finds the fault, as it prints it."""

    because: Annotated[str, obeys(says_why)]
    """Why it is broken here, in a sentence."""

    until: Date
    """The last day on which it may be."""


@dataclass(frozen=True)
class Broken:
    """A rule that is broken at one place."""

    rule: Rule
    fault: Fault

    @property
    def place(self) -> str:
        """The place as it is printed."""
        return ".".join(self.fault.place)

    def __str__(self) -> str:
        """Return the line that is printed: the place, the fault with its mend, the rule's id."""
        return f"{self.place}: {self.fault.message} [{self.rule.id}]"


def broken(environment: Spec) -> Iterator[Broken]:
    """Yield every rule of the environment ring that *environment* breaks, waived or not.

    Raise RuntimeError where those rules are not loaded: an environment is never sound for want of
    a judge.
    """
    judges = of("environment")
    if not judges:
        raise RuntimeError("the rules of environments are not loaded; import stacks.check")
    for it in judges:
        for found in it.find(environment):
            yield Broken(it, found)


def waiver(waivers: Sequence[WaiverSpec]) -> Callable[[Broken], WaiverSpec | None]:
    """Return what says which of the *waivers* a broken rule has; None where it has none."""
    known = {(it.rule, it.place): it for it in waivers}

    def found(it: Broken) -> WaiverSpec | None:
        return known.get((it.rule.id, it.place)) if it.rule.waivable else None

    return found
