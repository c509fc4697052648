"""A drilled database, as its alerts need it."""

from collections.abc import Mapping
from dataclasses import dataclass

from components.pods.evidence import Depth
from components.postgres.drills import DrillsSpec
from components.postgres.spec import PostgresSpec
from components.spec.words import seconds


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A database with its objectives and its drills; times are seconds."""

    cluster: str
    """Name of its first Cluster, with which the names of the watch's objects begin."""

    namespace: str
    rpo: int
    rto: int
    schedules: Mapping[Depth, str]
    """The schedule of each depth, five fields."""

    deadline: int
    """The longest time that a drill may take."""

    suspended: bool
    """Whether none is begun on schedule."""


def watched(spec: PostgresSpec, drills: DrillsSpec) -> Watched:
    """Return a database with the drills that it has, as its alerts need it."""
    return Watched(
        cluster=spec.cluster,
        namespace=spec.namespace,
        rpo=seconds(spec.objectives.rpo),
        rto=seconds(spec.objectives.rto),
        schedules={"look": drills.look, "restore": drills.restore, "deep": drills.deep},
        deadline=seconds(drills.deadline),
        suspended=drills.suspended,
    )
