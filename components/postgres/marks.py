"""The labels and annotations of a generation's Cluster, by which others know what it is."""

from collections.abc import Mapping

from components.postgres.archive import SEGMENT
from components.postgres.generations import (
    ACTIVE,
    FENCED,
    GENERATION,
    SEGMENT_SIZE,
    Generation,
    first_in,
)
from components.postgres.site import LOST, SITE, role_of
from components.postgres.spec import PostgresSpec

STOPPED = {FENCED: '["*"]'}
"""Annotation of a Cluster that accepts no writes.

Fencing stops PostgreSQL at once, whatever the state of the Cluster, and starts it again in seconds:
the last commit came 0.2 s after it, the first one 2.8 s after its end. Hibernation first waits for
a healthy Cluster, and then for clients (measured: 15 s of further commits)."""


def marks(spec: PostgresSpec, generation: Generation, *, keep: bool) -> Mapping[str, str]:
    """Return the labels by which the API server and the rules of changes know a generation.

    A database of one site that was never restored has none (policies.py, changes.py).
    """
    site = {SITE: role_of(spec.site, generation)} if spec.site else {}
    if not spec.restored:
        return site
    number = first_in(generation.cluster, spec.lineage).number
    active = {ACTIVE: "true"} if keep and generation.state == "active" else {}
    size = {SEGMENT_SIZE: str(spec.wal_segment)} if spec.wal_segment != SEGMENT else {}
    return {GENERATION: str(number)} | active | size | site


def notes(spec: PostgresSpec, generation: Generation) -> Mapping[str, str]:
    """Return the annotations of a generation's Cluster: by them it is stopped, or promoted."""
    if not generation.runs:
        return STOPPED
    lost = spec.site.lost if spec.site and generation.state == "active" else None
    return {LOST: lost} if lost else {}


def follows(spec: PostgresSpec, generation: Generation) -> bool:
    """Return whether a generation follows the other site, and accepts no writes."""
    return spec.is_replica and generation.state == "active"
