"""Rules about waivers: each has its day, and a fault that it waives."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from components.spec.rule import RULES, Fault, rule
from stacks.environment import EnvironmentSpec
from stacks.waivers import broken, waiver


def waived(environment: EnvironmentSpec) -> Iterator[str]:
    """Yield a line for each fault that is waived: place, fault, reason and day."""
    waiver_of = waiver(environment.waivers)
    for found in broken(environment):
        if it := waiver_of(found):
            yield f"waived until {it.until}: {found}; {' '.join(it.because.split())}"


@rule("T703", "environment")
def waivers_have_not_expired(environment: EnvironmentSpec) -> Iterator[Fault]:
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
def waivers_waive_something(environment: EnvironmentSpec) -> Iterator[Fault]:
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
