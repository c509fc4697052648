"""A drill while it runs: what was found so far, and how long it may still take.

A `Refusal` is what the archive or the restored server lacks: the drill failed. A `Fault` is what
keeps the drill from finding out: it could not verify.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from .evidence import RUNGS, Depth, Evidence, Phase, Proof, Rung, Verdict
from .job import Refusal
from .s3 import Fault

POLL_SECONDS = 1.0
_ID = "%Y%m%dT%H%M%SZ"

Value = str | float | bool | None
Which = Literal["archive", "offsite"]


class Killed(BaseException):
    """Kubernetes ends the pod."""


def moment(at: datetime) -> str:
    """Return a moment as evidence has it."""
    return at.astimezone(UTC).isoformat()


def named(database: str, depth: Depth, begun: datetime) -> str:
    """Return the id of a drill."""
    return f"{database}-{depth}-{begun.strftime(_ID)}"


def begun_of(name: str) -> datetime:
    """Return when the drill with this id began."""
    return datetime.strptime(name.rpartition("-")[2], _ID).replace(tzinfo=UTC)


@dataclass
class Run:
    """One drill."""

    settings: Mapping[str, Any]
    depth: Depth
    store: Which

    begun: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    note: Callable[[str], None] = lambda _: None
    """Takes each step, as the record does."""

    target: datetime | None = None
    at: str = "start"
    """The step that it is at."""

    proofs: list[Proof] = field(default_factory=list)
    phases: tuple[Phase, ...] = ()
    rows: dict[str, int] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    window: tuple[str | None, str | None] = (None, None)
    restore_seconds: float | None = None
    archived_seconds: float | None = None
    failed: str = ""
    unverified: str = ""
    missed: str = ""
    left_behind: str = ""
    dry: bool = False
    """Whether it restores nothing, and only asks whether it could."""

    killed: bool = False
    """Whether Kubernetes ends the pod."""

    def __post_init__(self) -> None:
        """Its time begins."""
        self._since = time.monotonic()

    @property
    def id(self) -> str:
        """Its id."""
        return named(self.settings["database"], self.depth, self.begun)

    @property
    def rpo_seconds(self) -> int:
        """The longest time until its store may have a commit."""
        own = self.settings["rpo_seconds"]
        return int(
            self.settings.get("offsite_rpo_seconds", own) if self.store == "offsite" else own
        )

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return time.monotonic() - self._since

    @property
    def left(self) -> float:
        """The seconds that it still may take."""
        return float(self.settings["within_seconds"]) - self.seconds

    def say(self, words: str) -> None:
        """Print a line of progress."""
        print(f"{self.seconds:6.0f} s  {words}", flush=True)

    def step(self, name: str) -> None:
        """Begin a step: say it, and have it in the record."""
        self.at = name
        self.say(name)
        self.note(name)

    def pause(self, waits: str) -> None:
        """Wait a moment; raise Fault, with what it *waits* for, after the deadline."""
        self.within(waits)
        self.rest()

    def within(self, waits: str) -> None:
        """Raise Fault, with what it *waits* for, after the deadline."""
        self._live()
        if self.left <= 0:
            raise Fault(
                f"deadline: {waits} for longer than the {self.settings['within_seconds']} s that "
                "a drill may take; correct that, or write a longer `drills.deadline`"
            )

    def rest(self) -> None:
        """Wait a moment, also after the deadline: what was made is still removed."""
        time.sleep(POLL_SECONDS)

    def prove(
        self, name: str, rung: Rung, ask: Callable[[], Value], baseline: Value = None
    ) -> bool:
        """Ask one question and keep what was found; return whether it is proved."""
        try:
            value = ask()
        except Refusal as refusal:
            self._live()
            self.refute(name, rung, str(refusal), baseline=baseline)
            return False
        except Fault as fault:
            self._live()
            self.give_up(str(fault))
            self.skip(name, rung, str(fault))
            return False
        self._keep(Proof(name=name, rung=rung, outcome="proved", value=value, baseline=baseline))
        return True

    def refute(
        self, name: str, rung: Rung, why: str, *, value: Value = None, baseline: Value = None
    ) -> None:
        """Keep that a proof is refuted: *why* is `fault; fix`."""
        self.failed = self.failed or f"{name}: {why}"
        self._keep(
            Proof(
                name=name, rung=rung, outcome="refuted", value=value, baseline=baseline, reason=why
            )
        )

    def skip(self, name: str, rung: Rung, why: str) -> None:
        """Keep that a proof was not run; that alone decides nothing."""
        self._keep(Proof(name=name, rung=rung, outcome="not run", reason=why))

    def give_up(self, why: str) -> None:
        """Keep that the drill could not verify: `place: fault; fix`."""
        self.unverified = self.unverified or why

    def measure(self, name: str, seconds: float, most: int, fix: str) -> None:
        """Compare a time with its objective; one that is equal is kept."""
        proof = Proof(name=name, rung="none", outcome="proved", value=seconds, baseline=most)
        if seconds > most:
            why = f"it took {seconds:g} s, and the objective is {most} s; {fix}"
            self.missed = self.missed or f"{name}: {why}"
            proof = Proof(
                name=name, rung="none", outcome="refuted", value=seconds, baseline=most, reason=why
            )
        self._keep(proof)

    def _live(self) -> None:
        """Raise Killed once more: a library may have made another error of the first."""
        if self.killed:
            raise Killed

    def _keep(self, proof: Proof) -> None:
        self.proofs.append(proof)
        words = proof.reason if proof.outcome != "proved" else _told(proof.value)
        self.say(f"{proof.outcome}: {proof.name}{words and f' ({words})'}")

    @property
    def verdict(self) -> Verdict:
        """The verdict of what was found so far."""
        if self.failed:
            return "failed"
        if self.unverified:
            return "unverified"
        return "missed" if self.missed else "passed"

    @property
    def rung(self) -> Rung:
        """The highest rung of which, and of all below, each proof was proved.

        A proof of the rung `none` is needed by no rung: the archive's listing, an objective.
        """
        reached: Rung = "none"
        for rung in RUNGS[1:]:
            outcomes = [it.outcome for it in self.proofs if it.rung == rung]
            if set(outcomes) != {"proved"}:
                break
            reached = rung
        return reached

    def evidence(self) -> Evidence:
        """Return what was found, as of now."""
        given = self.settings
        return Evidence(
            id=self.id,
            environment=given["environment"],
            database=given["database"],
            depth=self.depth,
            store=self.store,
            generation=given["generation"],
            server_name=given["server"],
            begun=moment(self.begun),
            ended=moment(datetime.now(UTC).replace(microsecond=0)),
            verdict=self.verdict,
            rung=self.rung,
            reason=self.failed or self.unverified or self.missed,
            bounded_by=_longest(self.phases),
            target=moment(self.target) if self.target else None,
            rpo_seconds=self.rpo_seconds,
            rto_seconds=given["rto_seconds"],
            restore_seconds=self.restore_seconds,
            archived_seconds=self.archived_seconds,
            earliest=self.window[0],
            latest=self.window[1],
            phases=self.phases,
            proofs=tuple(self.proofs),
            rows=self.rows,
            versions=self.versions,
            left_behind=self.left_behind,
            dry=self.dry,
        )


def phases(begun: datetime, marks: Mapping[str, datetime | None]) -> tuple[Phase, ...]:
    """Return the phases out of their ends, in order; one without an end is part of the next."""
    found, since = [], begun
    for name, end in marks.items():
        if end is None:
            continue
        until = max(since, end)
        found.append(Phase(name=name, seconds=round((until - since) / timedelta(seconds=1), 1)))
        since = until
    return tuple(found)


def _longest(parts: tuple[Phase, ...]) -> str:
    whole = sum(it.seconds for it in parts)
    if not whole:
        return ""
    one = max(parts, key=lambda it: it.seconds)
    share = one.seconds / whole
    return f"{one.name}, with {one.seconds:g} s of {whole:.1f} s ({share:.0%})"


def _told(value: Value) -> str:
    return "" if value is None or value is True else f"{value}"
