"""What a drill has shown, in a few lines for people."""

from collections.abc import Iterator

from components.pods.evidence import Evidence, Proof
from components.pods.figures import duration, found_value, moment
from components.pods.page import STORES, VERDICTS


def lines(evidence: Evidence) -> Iterator[str]:
    """Yield the verdict, the measurements against the objectives, and what was refuted."""
    depth = f"{evidence.depth}, dry run" if evidence.dry else evidence.depth
    yield (
        f"{evidence.database} {depth}: {VERDICTS[evidence.verdict].lower()}; proved: "
        f"{evidence.rung} ({STORES[evidence.store]}, generation {evidence.generation})"
    )
    if evidence.reason:
        yield f"  reason: {evidence.reason}"
    if evidence.depth != "look" and evidence.rung != "none":
        yield f"  restored to: {moment(evidence.target) if evidence.target else 'the end'}"
    if evidence.restore_seconds is not None:
        took = f"{duration(evidence.restore_seconds)} of RTO {duration(evidence.rto_seconds)}"
        bounded = f", bounded by {evidence.bounded_by}" if evidence.bounded_by else ""
        yield f"  restore time of one instance: {took}{bounded}"
    if evidence.archived_seconds is not None:
        took = f"{duration(evidence.archived_seconds)} of RPO {duration(evidence.rpo_seconds)}"
        yield f"  data at risk: {took}"
    if evidence.latest:
        yield f"  restorable: {moment(evidence.earliest)} to {moment(evidence.latest)}"
    if evidence.phases:
        took = ", ".join(f"{it.name} {duration(it.seconds)}" for it in evidence.phases)
        yield f"  phases: {took}"
    for proof in evidence.proofs:
        if proof.outcome == "refuted":
            yield f"  refuted: {_refuted(proof)}"
    if evidence.left_behind:
        yield f"  left behind: {evidence.left_behind}"


def _refuted(proof: Proof) -> str:
    found = f"found {found_value(proof.value)}, not {found_value(proof.baseline)}"
    return f"{proof.name}: {proof.reason or found}"
