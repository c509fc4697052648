"""Evidence of drills, and records, that tests and the benchmark make."""

import json
from dataclasses import replace
from typing import Any

from components.pods.evidence import Evidence, Proof, read
from tests.support import ROOT

SAMPLE = ROOT / "tests" / "components" / "pods" / "evidence" / "evidence-1.json"
"""Evidence as version 1 wrote it. It is never changed: evidence is kept for years."""


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
