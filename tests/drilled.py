"""Evidence of drills, and records, that tests and the benchmark make."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from components.pods.evidence import Evidence, Proof, read
from stacks.report.record import KEPT_RUNS, Run
from tests.support import ROOT

SAMPLE = ROOT / "tests" / "components" / "pods" / "evidence" / "evidence-1.json"
"""Evidence as version 1 wrote it. It is never changed: evidence is kept for years."""


NOW = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
"""Some hours after the sample."""

ENDED = datetime(2026, 11, 30, 3, 25, 12, tzinfo=UTC)
"""When the sample ended."""


def passed(**changes: Any) -> Evidence:
    """Return a restore that passed, with *changes*."""
    return replace(read(json.loads(SAMPLE.read_text(encoding="utf-8"))), **changes)


def missed(**changes: Any) -> Evidence:
    reason = "restore time: 16 min 5 s is more than the RTO of 15 min; give the node faster disks"
    return passed(**{"verdict": "missed", "restore_seconds": 965.0, "reason": reason, **changes})


def failed(**changes: Any) -> Evidence:
    """Return a restore that found too few rows."""
    reason = "n8n.public.execution_entity: it has 12 rows, 47981 before; restore from before that"
    shrunken = Proof(
        name="rows of n8n.public.execution_entity",
        rung="consistent",
        outcome="refuted",
        value=12,
        baseline=47981,
        reason=reason,
    )
    unasked = Proof(
        name="active_workflows", rung="yours", outcome="not run", reason="a proof before it failed"
    )
    proofs = (passed().proofs[0], shrunken, unasked)
    return passed(
        **{"verdict": "failed", "rung": "started", "reason": reason, "proofs": proofs, **changes}
    )


def unverified(**changes: Any) -> Evidence:
    """Return a restore that found no room."""
    nothing: dict[str, Any] = {
        "rung": "none",
        "reason": "Cluster tier0-drills/drill: no node has 2Gi of memory; add a node",
        "bounded_by": "",
        "restore_seconds": None,
        "phases": (),
        "proofs": (),
        "rows": {},
    }
    return passed(**{"verdict": "unverified", **nothing, **changes})


def look(**changes: Any) -> Evidence:
    """Return a look of an hour before `NOW` that passed."""
    nothing: dict[str, Any] = {
        "id": "n8n-look-20261130T074100Z",
        "depth": "look",
        "begun": "2026-11-30T07:41:00+00:00",
        "ended": "2026-11-30T07:41:04+00:00",
        "rung": "none",
        "bounded_by": "",
        "restore_seconds": None,
        "phases": (),
        "proofs": (),
        "rows": {},
    }
    return passed(**nothing | changes)


def of(evidence: Evidence, database: str, *, ago: timedelta = timedelta()) -> Evidence:
    """Return the evidence as that of another database, *ago* before."""
    begun, ended = (datetime.fromisoformat(it) - ago for it in (evidence.begun, evidence.ended))
    return replace(
        evidence,
        id=f"{database}-{evidence.depth}-{begun:%Y%m%dT%H%M%SZ}",
        database=database,
        begun=begun.isoformat(),
        ended=ended.isoformat(),
    )


def history(*last: Evidence) -> list[Evidence]:
    """Return 30 drills of each depth of *last*, a day apart: the others passed like the sample."""
    good = {"look": look(), "restore": passed(), "deep": passed(depth="deep")}
    return [
        one
        for it in last
        for one in (
            *(
                of(replace(good[it.depth], begun=it.begun, ended=it.ended), it.database, ago=ago)
                for ago in map(timedelta, range(KEPT_RUNS - 1, 0, -1))
            ),
            it,
        )
    ]


def data(*last: Evidence, good: Mapping[str, Evidence] | None = None) -> dict[str, str]:
    """Return the data of the ConfigMap that keeps these as the last of each depth."""
    kept: dict[str, Evidence] = {it.depth: it for it in last}
    kept |= {f"good-{it.depth}": it for it in last if it.verdict in {"passed", "missed"}}
    kept |= {f"good-{depth}": it for depth, it in (good or {}).items()}
    runs = [asdict(Run.of(it)) for it in history(*last)]
    return {key: json.dumps(it.json) for key, it in kept.items()} | {"history": json.dumps(runs)}
