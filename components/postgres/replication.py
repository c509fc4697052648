"""Synchronous replication: what a commit waits for, and what a failover may promote."""

from typing import Any, Literal

from pydantic import Field

from components.spec import Spec


class SynchronousSpec(Spec):
    """How many replicas have a commit before it is acknowledged, which costs it a round trip."""

    method: Literal["any", "first"] = "any"
    """Whose answers count. 'any': whichever come first, so that the slowest replica slows nobody.
    'first': those of the first replicas in the list, whose order CloudNativePG decides; it is of
    use where replicas outside of the cluster are in that list, which is not offered here."""

    number: int = Field(default=1, ge=1, le=8)
    """How many replicas must have answered. With 1 the loss of the primary loses nothing; with 2
    that of a replica at the same moment does not either, and one replica may be away while
    another is promoted (R + W > N, failover.md of CloudNativePG)."""

    durability: Literal["required", "preferred"] = "required"
    """Whether there is an exception. 'required': none; writes stop while too few replicas are
    there. 'preferred': writes go on with those that are ready, be there none; what is written
    without one is lost with the primary."""

    failover_quorum: bool | None = None
    """Whether a replica is promoted only where it is sure to be, or to know of, one that has every
    acknowledged commit. Which replica answered is not known: without it the operator promotes what
    is there, and that may be the other one. It costs automatic failover while replicas are away:
    of three instances with number 1, both replicas must be there. None: with 'required', whose
    promise is empty without it, and not with 'preferred', which was chosen to go on."""

    @property
    def quorum(self) -> bool:
        """Whether a failover asks for the quorum."""
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
