"""Which changes of a database that exists restart its instances."""

from collections.abc import Iterator

from components.postgres.changes import ClusterChange
from components.spec.rule import Fault, rule

_OF_PODS = ("affinity", "resources", "topologySpreadConstraints")
"""Fields of `Cluster.spec` that are a pod's (specs/podspec_diff.go, ComparePodSpecs, v1.30.0)."""


@rule("consequence", of=ClusterChange)
def pods_are_made_again(change: ClusterChange) -> Iterator[Fault]:
    """Another placement or other resources restart each instance, one at a time.

    CloudNativePG makes each pod again, replicas first and the primary last (rolling_update.md). A
    pod that then fits on no node stays pending, and the change stops there.
    """
    fields = [it for it in _OF_PODS if len({str(value) for value in change.values("spec", it)}) > 1]
    if fields:
        yield Fault(
            f"another value of {', '.join(fields)} restarts each instance, the primary last; apply "
            "it when clients may be without a primary for some seconds",
            ("spec", fields[0]),
        )
