"""How long CloudNativePG waits before it takes the next step."""

from collections.abc import Iterator
from typing import Annotated, Any

from components.spec import Spec
from components.spec.rule import Fault, obeys, rule
from components.spec.words import INT32_MOST, Duration, seconds

_RETRY_SECONDS = 2
"""How often the primary renews its lease, and a replica looks whether it may take it over; the
CRD's default: less would be more writes to the API server, from each database all the time."""

_LEAST_LEASE_SECONDS = 4
"""The webhook wants a lease longer than the time to renew it, and that longer than 1.2 times
`_RETRY_SECONDS`, in whole seconds (cluster_webhook.go, v1.30.0)."""

_DEFAULTS = {"startDelay": 3600, "stopDelay": 1800, "switchoverDelay": 3600, "failoverDelay": 0}
"""The CRD's default, which is not repeated in the manifest."""


@rule("value")
def timer_fits_crd(value: str) -> Iterator[Fault]:
    """A timer is at most 2147483647 seconds.

    CloudNativePG's fields are int32 (cluster_types.go, v1.30.0); the API server refuses more.
    """
    if seconds(value) > INT32_MOST:
        yield Fault(
            f"'{value}' is more seconds than CloudNativePG's field holds; write at most '24855d'"
        )


@rule("value")
def lease_can_be_renewed(value: str) -> Iterator[Fault]:
    """A lease is long enough to be renewed in time.

    CloudNativePG's webhook refuses one that is not longer than the time for its renewal, and that
    is more than 1.2 times the 2 s between two attempts (cluster_webhook.go, v1.30.0).
    """
    if seconds(value) < _LEAST_LEASE_SECONDS:
        yield Fault(
            f"'{value}' is too short to be renewed every {_RETRY_SECONDS} s; "
            f"write at least '{_LEAST_LEASE_SECONDS}s'"
        )


Timer = Annotated[Duration, obeys(timer_fits_crd)]
"""A length of time that CloudNativePG counts in seconds."""


class TimersSpec(Spec):
    """How long an instance may take to start and to stop, and a failover to begin."""

    start: Timer = "1h"
    """How long an instance may take until it answers. After that it is restarted, and a crash
    recovery, which reads all WAL since the last checkpoint, restarts from the beginning."""

    stop: Timer = "30m"
    """How long a planned stop may take in all, including the smart shutdown; then the instance is
    killed. Most of it is for the last WAL to reach replicas and archive. A kill loses nothing that
    is on disk, but the next start is a crash recovery."""

    smart_shutdown: Timer = "15s"
    """How long a planned stop waits for clients to disconnect, before it disconnects them.
    Meanwhile new connections are refused and old ones stay, so an application with a pool is only
    half served. CloudNativePG's default of 180 s would be an outage of that length at each planned
    restart of a single instance (198 s measured, 18 of them work)."""

    switchover: Timer = "1h"
    """How long the old primary of a planned switchover may take to hand its last WAL to replicas
    and archive; meanwhile there is no primary. Then it is stopped immediately, and WAL that has not
    arrived is lost: less than an hour trades data for availability."""

    failover: Timer | None = None
    """How long to wait for an unresponsive primary before a replica is promoted. None: no wait. A
    delay avoids failovers if the network drops out for seconds, and is added to each outage."""

    lease: Annotated[Timer, obeys(lease_can_be_renewed)] = "5s"
    """How long nothing must be heard of a lost primary before a replica takes its place, from the
    moment that the operator has chosen the replica. A primary that is stopped gives its lease back,
    and nothing waits. CloudNativePG's 15 s are most of an outage after a crash. A shorter lease is
    no further risk where a node is cut off: Kubernetes takes 40 s to call it lost, and by then the
    cut-off primary has stopped itself (failover.md, "Primary isolation")."""

    @rule("spec", was="T210")
    def smart_shutdown_ends_before_stop(self) -> Iterator[Fault]:
        """A smart shutdown ends before the whole stop does.

        Otherwise CloudNativePG skips it, with a line in the log (instance.go,
        TryShuttingDownSmartFast: "Ignoring maxStopDelay <= smartShutdownTimeout").
        """
        if seconds(self.smart_shutdown) >= seconds(self.stop):
            yield Fault(
                f"'{self.smart_shutdown}' is not below stop '{self.stop}', so CloudNativePG would "
                "not wait for clients; use a value below stop",
                ("smart_shutdown",),
            )


def timers(spec: TimersSpec) -> dict[str, Any]:
    """Return the part of `Cluster.spec` with the timers, without the CRD's defaults."""
    chosen = {
        "startDelay": seconds(spec.start),
        "stopDelay": seconds(spec.stop),
        "smartShutdownTimeout": seconds(spec.smart_shutdown),
        "switchoverDelay": seconds(spec.switchover),
        "failoverDelay": seconds(spec.failover) if spec.failover else 0,
    }
    lease = seconds(spec.lease)
    return {
        **{field: value for field, value in chosen.items() if value != _DEFAULTS.get(field)},
        "primaryLease": {
            "leaseDurationSeconds": lease,
            "renewDeadlineSeconds": max(3, lease * 2 // 3),
            "retryPeriodSeconds": _RETRY_SECONDS,
        },
    }
