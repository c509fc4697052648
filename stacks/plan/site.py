"""What a second site of a database buys: how soon it takes over, and what is lost then."""

from dataclasses import dataclass

from components.postgres import PostgresSpec
from components.spec.words import seconds
from stacks.recovery.measured import measured


@dataclass(frozen=True, kw_only=True)
class SitePlan:
    """The other site of a database."""

    role: str
    """What this site is: `primary` or `replica`."""
    archive: str
    """URL of the other site's archive, at its endpoint."""
    rpo_seconds: int
    """The most time whose commits are lost if the primary's site is lost."""
    promotion_seconds: float | None
    """How long a promotion took in the lab, from the change to the first write; nothing is
    restored. None: it was not measured."""
    delay_seconds: int | None
    """How long a replica waits before it replays a commit; None if it does not."""


def site(spec: PostgresSpec) -> SitePlan | None:
    """Return what the second site of a database buys; None if it has none."""
    if spec.site is None:
        return None
    archive, delay = spec.site.archive, spec.site.min_apply_delay
    promotion = measured().get("promotion")
    return SitePlan(
        role=spec.site.role,
        archive=f"{archive.destination}{spec.site.server_name}/ at {archive.endpoint}",
        rpo_seconds=seconds(spec.site.rpo),
        promotion_seconds=promotion.seconds if promotion else None,
        delay_seconds=seconds(delay) if delay else None,
    )
