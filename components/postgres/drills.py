"""The drills of a database: when, within which limits, and what may have become less."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from components.spec import Spec
from components.spec.cron import longest_gap
from components.spec.rule import Fault, obeys, rule
from components.spec.words import Duration, LabelKey, LabelValue, Name, Reason, Schedule, seconds

DRILLS_NAMESPACE = "tier0-drills"
"""The namespace of an environment's drills: their Jobs, their scratch cluster and their records."""

SCRATCH = "drill"
"""Name of the scratch Cluster, whichever database is drilled: the API server refuses a second one,
and RBAC can name it."""

DRILLED = "tier0/drill"
"""Label of a drill's CronJob, Job and pod: the role of its database."""

WATCH_PORT = 8080
"""Port of the pod that watches a database's archive: metrics, and nonces for a drill."""


def record_name(role: str) -> str:
    """Return the name of the ConfigMap with the record of a database's drills."""
    return f"{role}-drills"


def watch_name(cluster: str) -> str:
    """Return the name of what watches the archive of a database, by its first Cluster."""
    return f"{cluster}-watch"


@rule("value")
def table_has_its_schema(value: str) -> Iterator[Fault]:
    """A table is named with its schema.

    Without it the drill would have to guess which of two tables of one name may shrink.
    """
    if not re.fullmatch(r'[^".]+\.[^".]+', value):
        yield Fault(f"'{value}' is not a table with its schema; write one like 'public.sessions'")


class DrillsSpec(Spec):
    """Restores into a throw-away cluster that prove the archive, on a schedule in UTC."""

    suspended: bool = False
    """Whether none is begun on schedule; one that is asked for still runs."""

    look: Schedule = "41 * * * *"
    """When the archive's listing is examined; nothing is restored."""

    restore: Schedule = "23 3 * * *"
    """When it is restored, with off-site copies in turn from the archive and from the copy."""

    deep: Schedule = "23 5 * * 0"
    """When it is restored and every page of it is read."""

    deadline: Duration = "2h"
    """The longest time that a drill may take; then it could not verify."""

    storage_class: Name | None = None
    """StorageClass of the scratch cluster's volumes; none means the database's."""

    node_selector: Mapping[LabelKey, LabelValue] | None = None
    """Labels of the nodes that the scratch cluster may have; empty: any node. None: the database's,
    as its StorageClass or its image may work on those only. Either way it prefers a node without an
    instance of the database."""

    tolerations: Sequence[LabelKey] | None = None
    """Keys of taints that the scratch cluster tolerates. None: the database's."""

    may_shrink: Mapping[Annotated[str, obeys(table_has_its_schema)], Reason] = {}
    """Tables that may have fewer rows than in the last good drill, as `schema.table` of the
    application's database, without quotes, each with the reason; a partitioned table is one."""

    def proves_for(self, turns: int = 1) -> int:
        """Return for how many seconds a restore proves the archive: until the next one is late.

        *turns*: how many stores are restored from in turn, if one of them is asked about. The
        longest time between two on schedule counts, and the deadline of the next.
        """
        between = int(longest_gap(self.restore).total_seconds())
        return turns * between + seconds(self.deadline)
