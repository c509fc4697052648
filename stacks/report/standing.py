"""Whether a database's recovery is proven now, in one word."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from components.pods.evidence import STATUS, Evidence, Verdict
from components.postgres.drills import DrillsSpec
from stacks.report.record import Record, moment_of

Word = Literal["failed", "unverified", "never", "stale", "missed", "fresh"]

ORDER: tuple[Word, ...] = ("failed", "unverified", "never", "stale", "missed", "fresh")
"""The worst first."""

LOOKS: Mapping[Word, Verdict] = {
    "failed": "failed",
    "unverified": "unverified",
    "never": "unverified",
    "stale": "unverified",
    "missed": "missed",
    "fresh": "passed",
}
"""The verdict whose colour and shape each has."""


NEVER = "no restore has proved anything yet; run `python -m stacks drill`"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What the drills of one database come to."""

    database: str
    record: Record
    word: Word
    """`failed`, `unverified` and `missed`: the last drill of a depth ended so. `never`: no restore
    ever gave the data. `stale`: the last one that did is too old."""

    why: str
    """A sentence that says so; empty if it is fresh."""

    shown: Evidence | None
    """The drill that decided it, or the last restore."""

    proven: Evidence | None
    """The last restore that gave the data; None: never."""

    late: datetime | None
    """When that no longer proves anything."""

    @property
    def status(self) -> int:
        """The exit status that says it: one of a drill's (components/pods/evidence.py)."""
        return STATUS[LOOKS[self.word]]


def standing(database: str, record: Record, drills: DrillsSpec, now: datetime) -> Standing:
    """Return how the drills of a *database* stand at a moment."""
    restored = [it for depth, it in record.good.items() if depth != "look"]
    proven = max(restored, key=lambda it: moment_of(it.ended), default=None)
    late = moment_of(proven.ended) + timedelta(seconds=drills.proves_for()) if proven else None
    bad = {it.verdict: it for it in sorted(record.last.values(), key=lambda it: it.begun)}
    ended = sorted(record.last.values(), key=lambda it: (it.depth != "look", it.begun))
    word: Word = "fresh"
    why, shown = "", ended[-1] if ended else proven
    if found := bad.get("failed"):
        word, why, shown = "failed", found.reason, found
    elif record.faults:
        word, why = "unverified", record.faults[0]
    elif found := bad.get("unverified"):
        word, why, shown = "unverified", found.reason, found
    elif late is None:
        word, why = "never", NEVER
    elif now > late:
        word, why = "stale", "the last restore is older than its schedule and deadline allow"
    elif found := bad.get("missed"):
        word, why, shown = "missed", found.reason, found
    return Standing(
        database=database,
        record=record,
        word=word,
        why=why,
        shown=shown,
        proven=proven,
        late=late,
    )


def worst(found: list[Standing]) -> Standing | None:
    """Return the one that stands worst; None where no database is drilled."""
    return min(found, key=lambda it: ORDER.index(it.word), default=None)
