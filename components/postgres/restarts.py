"""Which changes of a database that exists restart its instances."""

from collections.abc import Iterator
from operator import ne

from components.postgres.changes import ClusterChange
from components.postgres.consequences import ArchiveChange
from components.spec.rule import Fault, rule

_OF_PODS = ("affinity", "resources", "topologySpreadConstraints")
"""Fields of `Cluster.spec` that are a pod's (specs/podspec_diff.go, ComparePodSpecs, v1.30.0)."""


@rule("consequence", of=ClusterChange)
def pods_are_made_again(change: ClusterChange) -> Iterator[Fault]:
    """Another placement or other resources restart each instance, one at a time.

    CloudNativePG makes each pod again, replicas first and the primary last (rolling_update.md). A
    pod that then fits on no node stays pending, and the change stops there.
    """
    fields = [it for it in _OF_PODS if ne(*change.values("spec", it))]
    if fields:
        yield Fault(
            f"another value of {', '.join(fields)} restarts each instance, the primary last; apply "
            "it when clients may be without a primary for some seconds",
            ("spec", fields[0]),
        )


_OF_SIDECARS = ("env", "resources")
"""Fields of `instanceSidecarConfiguration` by which pods are compared (specs/podspec_diff.go)."""


@rule("consequence", of=ArchiveChange)
def sidecars_are_made_again(change: ArchiveChange) -> Iterator[Fault]:
    """Other variables or resources of the plugin's sidecar restart each instance, one at a time.

    CloudNativePG compares a pod with what the plugin would make of it now, sidecar included
    (specs/pods.go, NewInstance, v1.30.0; the plugin's lifecycle.go, v0.15.0).
    """
    place = ("spec", "instanceSidecarConfiguration")
    found = [change.values(*place, it) for it in _OF_SIDECARS]
    if not change.of_drills and any(ne(*it) for it in found):
        yield Fault(
            "another sidecar restarts each instance, the primary last; apply it when clients may "
            "be without a primary for some seconds",
            place,
        )
