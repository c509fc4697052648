"""Rules about waivers: each is in force, and waives an existing fault."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from components.spec.rule import RULES, Fault, rule
from stacks.environment import EnvironmentSpec
from stacks.waivers import broken, waiver


def waived(environment: EnvironmentSpec) -> Iterator[str]:
    """Yield a line for each fault that is waived: place, fault, reason and day.

    A waiver that names its rule by the old number gets a second line with the rule's name.
    """
    waiver_of = waiver(environment.waivers)
    for found in broken(environment):
        if it := waiver_of(found):
            yield f"waived until {it.until}: {found}; {' '.join(it.because.split())}"
    for index, it in enumerate(environment.waivers):
        if it.rule != it.name:
            yield (
                f"waivers.{index}.rule: '{it.rule}' is the old number of a rule, which the next "
                f"release refuses; write '{it.name}'"
            )


@rule("environment", was="T703")
def waiver_has_not_expired(environment: EnvironmentSpec) -> Iterator[Fault]:
    """No waiver outlives its day.

    A temporary reason must be reviewed.
    """
    today = datetime.now(UTC).date()
    for index, it in enumerate(environment.waivers):
        if date.fromisoformat(it.until) < today:
            yield Fault(
                f"the waiver of {it.name} at {it.place} was until {it.until}; "
                "fix what it waives, or write a later day",
                ("waivers", str(index), "until"),
            )


@rule("environment", was="T704")
def waiver_is_needed(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Each waiver waives an existing fault.

    A leftover waiver would silently waive the next one.
    """
    faults = {
        (name, ".".join(found.place))
        for name in {it.name for it in environment.waivers} & RULES.keys()
        for found in RULES[name].find(environment)
    }
    for index, it in enumerate(environment.waivers):
        if (it.name, it.place) not in faults:
            yield Fault(
                f"nothing breaks {it.name} at '{it.place}'; remove the waiver, or write the place "
                "as `check` prints it",
                ("waivers", str(index), "place"),
            )
