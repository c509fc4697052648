"""How long CloudNativePG waits before it takes the next step."""

from collections.abc import Iterator
from typing import Any

from components.spec import Spec
from components.spec.rule import Fault, rule
from components.spec.words import Duration, seconds

_DEFAULTS = {"startDelay": 3600, "stopDelay": 1800, "switchoverDelay": 3600, "failoverDelay": 0}
"""What the CRD fills in; the same is not said twice."""


class TimersSpec(Spec):
    """How long an instance may take to start and to stop, and a failover to begin."""

    start: Duration = "1h"
    """How long an instance may take until it answers. It is started anew after that, and a crash
    recovery, which reads all WAL since the last checkpoint, begins at its begin."""

    stop: Duration = "30m"
    """How long a planned stop may take in all, smart shutdown included; then it is killed. Most of
    that is for the last WAL to reach replicas and archive. A kill loses nothing that is on disk,
    but the next start is a crash recovery."""

    smart_shutdown: Duration = "15s"
    """How long a planned stop waits for clients to leave by themselves, then it sends them away.
    Meanwhile new connections are refused while old ones stay, so an application with a pool is half
    served: CloudNativePG's default of 180 s would be that long an outage at each planned restart of
    a single instance (198 s measured, 18 of them work)."""

    switchover: Duration = "1h"
    """How long the old primary of a planned switchover may take to hand its last WAL to replicas
    and archive; nobody is primary meanwhile. Then it is stopped at once, and what had not arrived
    is lost: less than an hour buys availability with data."""

    failover: Duration | None = None
    """How long a primary that does not answer is waited for before a replica is promoted. None: not
    at all. A delay spares failovers in a network that drops out for seconds, and is added to each
    outage."""

    @rule("spec", was="T210")
    def smart_shutdown_ends_before_stop(self) -> Iterator[Fault]:
        """A smart shutdown ends before the whole stop does.

        CloudNativePG leaves it out otherwise, with a line in the log (instance.go,
        TryShuttingDownSmartFast: "Ignoring maxStopDelay <= smartShutdownTimeout").
        """
        if seconds(self.smart_shutdown) >= seconds(self.stop):
            yield Fault(
                f"'{self.smart_shutdown}' is not less than stop, '{self.stop}', and CloudNativePG "
                "would wait for no client at all; write less",
                ("smart_shutdown",),
            )


def timers(spec: TimersSpec) -> dict[str, Any]:
    """Return the part of `Cluster.spec` with the timers, those that the CRD fills in left out."""
    chosen = {
        "startDelay": seconds(spec.start),
        "stopDelay": seconds(spec.stop),
        "smartShutdownTimeout": seconds(spec.smart_shutdown),
        "switchoverDelay": seconds(spec.switchover),
        "failoverDelay": seconds(spec.failover) if spec.failover else 0,
    }
    return {field: value for field, value in chosen.items() if value != _DEFAULTS.get(field)}
