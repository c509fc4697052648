"""Waivers: who breaks a rule on purpose says which, where, why and until when."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

from components.rule import RULES, Fault, Rule, obeys, of, rule
from components.spec import Spec
from components.words import Date

if TYPE_CHECKING:
    from stacks.environment import EnvironmentSpec


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


def broken(environment: "EnvironmentSpec") -> Iterator[Broken]:
    """Yield every rule of the outermost ring that *environment* breaks, waived or not."""
    for it in of("environment"):
        for found in it.find(environment):
            yield Broken(it, found)


def waiver(environment: "EnvironmentSpec") -> Callable[[Broken], WaiverSpec | None]:
    """Return what says which waiver a broken rule has; None where it has none."""
    known = {(it.rule, it.place): it for it in environment.waivers}

    def found(it: Broken) -> WaiverSpec | None:
        return known.get((it.rule.id, it.place)) if it.rule.waivable else None

    return found


def waived(environment: "EnvironmentSpec") -> Iterator[str]:
    """Yield a line for each fault that is waived: place, fault, reason and day."""
    waiver_of = waiver(environment)
    for found in broken(environment):
        if it := waiver_of(found):
            yield f"waived until {it.until}: {found}; {' '.join(it.because.split())}"


@rule("T703", "environment")
def waivers_have_not_expired(environment: "EnvironmentSpec") -> Iterator[Fault]:
    """No waiver outlives its day.

    A reason for a time is not one for ever: somebody looks again.
    """
    today = datetime.now(UTC).date()
    for index, it in enumerate(environment.waivers):
        if date.fromisoformat(it.until) < today:
            yield Fault(
                f"the waiver of {it.rule} at {it.place} was until {it.until}; "
                "mend what it waives, or write a later day",
                ("waivers", str(index), "until"),
            )


@rule("T704", "environment")
def waivers_waive_something(environment: "EnvironmentSpec") -> Iterator[Fault]:
    """Each waiver waives a fault that is there.

    One that is left over would waive the next one in silence.
    """
    faults = {
        (name, ".".join(found.place))
        for name in {it.rule for it in environment.waivers} & RULES.keys()
        for found in RULES[name].find(environment)
    }
    for index, it in enumerate(environment.waivers):
        if (it.rule, it.place) not in faults:
            yield Fault(
                f"nothing breaks {it.rule} at '{it.place}'; remove the waiver, or write the place "
                "as `check` prints it",
                ("waivers", str(index), "place"),
            )
