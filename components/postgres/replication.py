"""Synchronous replication: what a commit waits for, and what a failover may promote."""

from typing import Any, Literal

from pydantic import Field

from components.spec import Spec


class SynchronousSpec(Spec):
    """How many replicas have a commit before it is acknowledged; each commit costs a round trip."""

    method: Literal["any", "first"] = "any"
    """Which answers count. 'any': the first to arrive, so that the slowest replica slows no commit.
    'first': those of the first replicas in the list, whose order CloudNativePG decides; it is
    useful if replicas outside the cluster are in that list, which tier0 does not offer."""

    number: int = Field(default=1, ge=1, le=8)
    """How many replicas must answer. With 1 the loss of the primary loses nothing; with 2 neither
    does the loss of a replica at the same moment, and one replica may be down while another is
    promoted (R + W > N, failover.md of CloudNativePG)."""

    durability: Literal["required", "preferred"] = "required"
    """What happens with too few replicas. 'required': writes stop. 'preferred': writes continue
    with the ready replicas, even with none; what is written without one is lost with the
    primary."""

    failover_quorum: bool | None = None
    """Whether a failover needs enough replicas to be sure that one of them has every acknowledged
    commit. Which replica answered is unknown: without the quorum the operator promotes an available
    replica, which may be the other one. It costs automatic failover while replicas are down: with
    three instances and number 1, both replicas must be up. None: it is needed with 'required',
    whose guarantee is void without it, and not with 'preferred', which favours availability."""

    @property
    def quorum(self) -> bool:
        """Whether a failover needs the quorum."""
        if self.failover_quorum is None:
            return self.durability == "required"
        return self.failover_quorum


def synchronous(spec: SynchronousSpec | None) -> dict[str, Any]:
    """Return the part of `Cluster.spec.postgresql` that makes commits wait for replicas."""
    if spec is None:
        return {}
    return {
        "synchronous": {
            "method": spec.method,
            "number": spec.number,
            "dataDurability": spec.durability,
            "failoverQuorum": spec.quorum,
        }
    }
