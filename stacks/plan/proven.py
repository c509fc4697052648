"""What the saved drills prove of a database's objectives, as of a moment."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from components.pods.figures import duration, moment
from components.pods.page import STORES
from components.postgres import DrillsSpec
from components.spec.words import seconds
from stacks.environment import EnvironmentSpec
from stacks.report.proof import Objective, Proof, digest
from stacks.report.record import moment_of

State = Literal["proven", "missed", "stale", "invalid", "not proven"]

_DID: Mapping[Objective, str] = {
    "restore_time": "restored in",
    "data_at_risk": "archived within",
    "data_at_risk_offsite": "copied within",
}


@dataclass(frozen=True, kw_only=True)
class ObjectivePlan:
    """One objective of a database, and the drill that proved it."""

    objective: Objective
    """`restore_time` of one instance, against the RTO; `data_at_risk`, against the RPO;
    `data_at_risk_offsite`, against the RPO and that of the copy."""
    declared_seconds: int
    """The objective itself."""
    state: State = "not proven"
    """`missed`: the drill took longer; `stale`: the next drill is late; `invalid`: the objectives
    or the active generation changed since."""
    said: str = "not proven by a drill"
    """The state in words, with the figure, the day and the drill."""
    proof: Proof | None = None
    """What the drill measured; None: no drill is known."""


def objectives(
    role: str, environment: EnvironmentSpec, proofs: Mapping[Objective, Proof], now: datetime
) -> list[ObjectivePlan]:
    """Return each objective of a database with its proof."""
    spec = environment.databases[role]
    rpo, rto = seconds(spec.objectives.rpo), seconds(spec.objectives.rto)
    active = next(it.number for it in spec.lineage if it.state == "active")
    drills = environment.drills(role) or DrillsSpec()
    made = []
    for objective, most in _declared(rpo, rto, environment):
        proof = proofs.get(objective)
        if proof is None:
            made.append(ObjectivePlan(objective=objective, declared_seconds=most))
            continue
        # Only every other restore reads the same store.
        turns = 2 if environment.offsite and objective != "restore_time" else 1
        late = moment_of(proof.ended) + timedelta(seconds=drills.proves_for(turns))
        state: State = "proven"
        why = ""
        if proof.declared != digest(objective, most):
            state, why = "invalid", "not proven since the objective changed: "
        elif proof.generation != active:
            state, why = "invalid", f"not proven for generation {active}: "
        elif now > late:
            state, why = "stale", f"stale since {moment(late.isoformat())}: "
        elif proof.seconds > most:
            state, why = "missed", "missed: "
        said = f"{why}{_measured(objective, most, proof)}"
        made.append(
            ObjectivePlan(
                objective=objective, declared_seconds=most, state=state, said=said, proof=proof
            )
        )
    return made


def _declared(rpo: int, rto: int, environment: EnvironmentSpec) -> Iterator[tuple[Objective, int]]:
    yield "restore_time", rto
    yield "data_at_risk", rpo
    if environment.offsite:
        yield "data_at_risk_offsite", rpo + seconds(environment.offsite.rpo)


def _measured(objective: Objective, most: int, proof: Proof) -> str:
    where = f" from {STORES[proof.store]}" if objective == "restore_time" else ""
    return (
        f"{_DID[objective]} {duration(proof.seconds)} of {duration(most)} "
        f"on {moment_of(proof.ended):%Y-%m-%d}{where} ({proof.drill})"
    )
