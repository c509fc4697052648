"""The proof of each objective, as it is saved next to an environment's module, for `plan`."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from components.pods.evidence import Evidence
from stacks.command import Fault, write_atomically
from stacks.environment import EnvironmentSpec
from stacks.report.record import GOOD, Record, moment_of, parsed

SCHEMA = "tier0.proof/1"

Objective = Literal["restore_time", "data_at_risk", "data_at_risk_offsite"]
"""The time of a restore, against the RTO; and the time until the archive, or the copy, had a
commit, against its RPO."""


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What the last good drill has measured of one objective."""

    seconds: float
    drill: str
    """The drill's id."""
    ended: str
    """ISO 8601 in UTC."""
    store: Literal["archive", "offsite"]
    rung: str
    generation: int
    declared: str
    """Digest of the objective as it was then."""


Proofs = Mapping[str, Mapping[Objective, Proof]]
"""By database and objective."""


def path_of(module: Path) -> Path:
    """Return the file of the proofs of an environment."""
    return module.with_suffix(".proof.json")


def digest(objective: Objective, declared_seconds: int) -> str:
    """Return the digest of an objective."""
    return hashlib.sha256(f"{objective} {declared_seconds}".encode()).hexdigest()


def save(module: Path, environment: EnvironmentSpec, records: Mapping[str, Record]) -> None:
    """Write the proofs that *records* have; those of earlier drills stay until there are newer."""
    path = path_of(module)
    before = read(path)
    kept = {role: _newer(before.get(role, {}), _proofs(it)) for role, it in records.items()}
    made = {
        "schema": SCHEMA,
        "environment": environment.context,
        "databases": {
            role: {name: asdict(it) for name, it in proofs.items()}
            for role, proofs in sorted(kept.items())
        },
    }
    write_atomically(path, json.dumps(made, indent=2) + "\n", 0o644)


def read(path: Path) -> Proofs:
    """Return the saved proofs; none where none were saved. Raise Fault if they cannot be read."""
    fix = "delete it, then write it again with `python -m stacks report ENVIRONMENT --save`"
    if not path.is_file():
        return {}
    try:
        found = parsed(path.read_text(encoding="utf-8"))
        schema = found.get("schema") if isinstance(found, dict) else None
        if schema != SCHEMA:
            raise Fault(str(path), f"its schema is {schema}, not {SCHEMA}", fix)
        made: Proofs = TypeAdapter(dict[str, dict[Objective, Proof]]).validate_python(
            found.get("databases")
        )
        for one in (it for proofs in made.values() for it in proofs.values()):
            moment_of(one.ended)
    except ValueError:
        raise Fault(str(path), "it holds no proofs of objectives", fix) from None
    return made


def _proofs(record: Record) -> dict[Objective, Proof]:
    """Return what the newest good drill has measured of each objective."""
    found: dict[Objective, Proof] = {}
    for it in record.known:
        if it.verdict not in GOOD:
            continue
        if it.restore_seconds is not None:
            found["restore_time"] = _proof(it, "restore_time", it.restore_seconds, it.rto_seconds)
        if it.archived_seconds is not None:
            at_risk: Objective = "data_at_risk"
            if it.store == "offsite":
                at_risk = "data_at_risk_offsite"
            found[at_risk] = _proof(it, at_risk, it.archived_seconds, it.rpo_seconds)
    return found


def _newer(
    before: Mapping[Objective, Proof], found: Mapping[Objective, Proof]
) -> dict[Objective, Proof]:
    """Return of each objective the proof that is newer."""
    newer = {
        name: it
        for name, it in found.items()
        if name not in before or moment_of(before[name].ended) <= moment_of(it.ended)
    }
    return {**before, **newer}


def _proof(it: Evidence, objective: Objective, measured: float, declared: int) -> Proof:
    return Proof(
        seconds=measured,
        drill=it.id,
        ended=it.ended,
        store=it.store,
        rung=it.rung,
        generation=it.generation,
        declared=digest(objective, declared),
    )
