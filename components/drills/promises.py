"""What is promised of a drilled database, as its alerts need it."""

from collections.abc import Mapping
from dataclasses import dataclass

from components.pods.evidence import Depth
from components.postgres.drills import DrillsSpec
from components.postgres.spec import PostgresSpec
from components.spec.words import seconds


@dataclass(frozen=True, kw_only=True)
class Promises:
    """The objectives and the schedules of drills of a database; times are seconds."""

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


def promises(spec: PostgresSpec, drills: DrillsSpec) -> Promises:
    """Return what a database with these drills promises."""
    return Promises(
        cluster=spec.cluster,
        namespace=spec.namespace,
        rpo=seconds(spec.objectives.rpo),
        rto=seconds(spec.objectives.rto),
        schedules={"look": drills.look, "restore": drills.restore, "deep": drills.deep},
        deadline=seconds(drills.deadline),
        suspended=drills.suspended,
    )
