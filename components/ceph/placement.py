"""The nodes that Ceph's daemons run on."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.spec import Spec
from components.spec.words import LabelKey, LabelValue


class CephPlacementSpec(Spec):
    """The nodes of a Ceph cluster: all its monitors, managers, disks, metadata servers, gateways.

    The jobs that prepare disks, crash collectors and exporters follow them (Rook 1.17.9,
    osd/provision_spec.go, nodedaemon/reconcile.go). What mounts volumes runs on every node.
    """

    labels: Mapping[LabelKey, LabelValue] = {}
    """Labels that a node must have, all of them. Empty: any node."""

    tolerations: Sequence[LabelKey] = ()
    """Keys of taints that the daemons tolerate, whatever their value and effect. A disk on a node
    with another taint is never used, and Rook does not report it."""


def placement(spec: CephPlacementSpec) -> dict[str, Any]:
    """Return a `Placement` of Rook; empty if daemons may run on any node without a taint."""
    found: dict[str, Any] = {}
    if spec.labels:
        terms = [
            {"key": key, "operator": "In", "values": [value]}
            for key, value in sorted(spec.labels.items())
        ]
        found["nodeAffinity"] = {
            "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [{"matchExpressions": terms}]
            }
        }
    if spec.tolerations:
        found["tolerations"] = [{"key": key, "operator": "Exists"} for key in spec.tolerations]
    return found
