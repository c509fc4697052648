"""Scheduling: where instances run."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from components.spec import Spec
from components.spec.rule import Fault, obeys, rule
from components.spec.words import LabelKey, LabelValue

HOST = "kubernetes.io/hostname"
ZONE = "topology.kubernetes.io/zone"


@rule("value", was="T208")
def topology_is_label_key(value: str) -> Iterator[Fault]:
    """A topology is a label key: a name, optionally after a DNS name and '/'.

    The scheduler finds no node with an invalid key, and a required placement stays pending forever
    (Kubernetes, "Labels and Selectors").
    """
    name = r"[A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?"
    domain = r"[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?"
    if not re.fullmatch(rf"({domain}/)?{name}", value):
        yield Fault(f"'{value}' is not a label key; write one that every node has, like '{HOST}'")


class PlacementSpec(Spec):
    """Which nodes the instances of one database may have, and how they are kept apart.

    A later generation has the same; a clone to look into has the same nodes, as a StorageClass or
    an image may work on those only, and so does a drill unless `drills` says otherwise. Pods of a
    pooler and of tier0 run on any node.
    """

    node_selector: Mapping[LabelKey, LabelValue] = {}
    """Labels that a node must have, all of them. Empty: any node."""

    tolerations: Sequence[LabelKey] = ()
    """Keys of taints that the pods tolerate, whatever their value and effect."""

    anti_affinity: Literal["preferred", "required"] = "preferred"
    """Whether two instances may share a value of `topology_key` if there is no other. 'preferred',
    CloudNativePG's default: they may, so that a small cluster starts. 'required': never; one node
    then holds one instance, and a pod without a free node stays pending."""

    topology_key: Annotated[str, obeys(topology_is_label_key)] = HOST
    """The node label whose values separate instances; by default each host is one."""

    zones: Literal["preferred", "required"] | None = None
    """Whether instances are also spread evenly over the nodes' zones. None: they are not; nodes may
    have no zones, and a volume that lives in one zone decides by itself."""

    @rule("spec")
    def selected_nodes_are_not_one(self) -> Iterator[Fault]:
        """Instances that must be apart are not all selected by the label that separates them.

        All nodes have the one value then: a single instance starts, and the others stay pending.
        """
        if self.anti_affinity == "required" and self.topology_key in self.node_selector:
            yield Fault(
                f"each node has the same '{self.topology_key}', so only one instance starts with "
                "anti_affinity 'required'; leave it out, or choose another topology_key",
                ("node_selector", self.topology_key),
            )


def nodes(selector: Mapping[str, str], tolerations: Sequence[str]) -> dict[str, Any]:
    """Return the part of `Cluster.spec.affinity` that chooses nodes; empty if any will do."""
    tolerated = [{"key": key, "operator": "Exists"} for key in tolerations]
    return {
        **({"nodeSelector": dict(selector)} if selector else {}),
        **({"tolerations": tolerated} if tolerated else {}),
    }


def placement(spec: PlacementSpec, cluster: str) -> dict[str, Any]:
    """Return the part of `Cluster.spec` that places instances; empty if all are defaults.

    `cnpg.io/cluster` alone would count poolers and jobs too (CloudNativePG's charts, PR #818).
    """
    apart: dict[str, Any] = {}
    if (spec.anti_affinity, spec.topology_key) != ("preferred", HOST):
        apart = {
            "enablePodAntiAffinity": True,
            "podAntiAffinityType": spec.anti_affinity,
            "topologyKey": spec.topology_key,
        }
    affinity = {**apart, **nodes(spec.node_selector, spec.tolerations)}
    found: dict[str, Any] = {"affinity": affinity} if affinity else {}
    if spec.zones:
        labels = {"cnpg.io/cluster": cluster, "cnpg.io/podRole": "instance"}
        found["topologySpreadConstraints"] = [
            {
                "maxSkew": 1,
                "topologyKey": ZONE,
                "whenUnsatisfiable": "DoNotSchedule"
                if spec.zones == "required"
                else "ScheduleAnyway",
                "labelSelector": {"matchLabels": labels},
            }
        ]
    return found
