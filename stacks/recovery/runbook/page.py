"""What a runbook says: facts, decisions, and steps in their order."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing to do; the next one comes when its check holds."""

    do: str
    """What to do, in a sentence."""

    run: tuple[str, ...] = ()
    """Lines for a shell, in their order."""

    check: str = ""
    """What is seen when it worked."""

    stop: str = ""
    """When to stop, and ask."""

    seconds: float | None = None
    """How long it took in the last run of the lab; none where nothing measures it."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """What was lost, and the way back."""

    title: str
    when: str
    """What is seen, by which it is known."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, kw_only=True)
class DatabasePage:
    """One database: its names, and the scenarios that concern it alone."""

    name: str
    facts: dict[str, str]
    scenarios: tuple[Scenario, ...]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A question that no command answers."""

    question: str
    answers: dict[str, str]
    """What is so, and what to do then."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One thing that is kept outside of the cluster."""

    name: str
    """Its field of `kept` in the environment."""

    what: str
    place: str | None
    """Where the environment says that it is; none where it says nothing."""

    seen: str | None
    """The day on which it was last seen there, as YYYY-MM-DD."""

    old: bool
    """Whether that is more than a year ago."""

    without: str
    """What is not possible without it."""

    page: str
    """Where it is said how to keep it and how to bring it back."""


@dataclass(frozen=True, kw_only=True)
class Runbook:
    """The page of one environment."""

    environment: str
    context: str
    date: str
    """The day on which it was made, as YYYY-MM-DD."""

    measured: str
    """The day of the lab's run that the times are from."""

    first: Scenario
    decisions: tuple[Decision, ...]
    databases: tuple[DatabasePage, ...]
    cluster: Scenario
    kept: tuple[Kept, ...]
