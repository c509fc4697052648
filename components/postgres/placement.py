"""Where instances run, and what of a node they are given."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from components.spec import Spec
from components.spec.rule import Fault, obeys, rule
from components.spec.words import Quantity

HOST = "kubernetes.io/hostname"
ZONE = "topology.kubernetes.io/zone"


@rule("value", was="T208")
def topology_is_label_key(value: str) -> Iterator[Fault]:
    """A topology is a label's key: a name, with a DNS name and '/' before it at most.

    The scheduler finds no node with another one, and a required placement stays pending for ever
    (Kubernetes, "Labels and Selectors").
    """
    name = r"[A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?"
    domain = r"[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?"
    if not re.fullmatch(rf"({domain}/)?{name}", value):
        yield Fault(f"'{value}' is not a label's key; write one that every node has, like '{HOST}'")


@rule("value", was="T209")
def cpu_is_cores_or_millicores(value: str) -> Iterator[Fault]:
    """An amount of CPU is a whole number of cores or of thousandths.

    '0.5' and '500m' are one amount written twice, and the API server rewrites the former: a
    difference that never ends (Kubernetes, "Quantity").
    """
    if not re.fullmatch(r"[1-9][0-9]*m?", value):
        yield Fault(
            f"'{value}' is not an amount of CPU; write whole cores like '2', or thousandths like "
            "'500m'"
        )


def cpu_thousandths(amount: str) -> int:
    """Return an amount of CPU in thousandths of a core."""
    return int(amount[:-1]) if amount.endswith("m") else 1000 * int(amount)


class PlacementSpec(Spec):
    """How instances of one database are kept apart."""

    anti_affinity: Literal["preferred", "required"] = "preferred"
    """Whether two instances may share a `topology_key` where there is no other place. 'preferred',
    as CloudNativePG has it: they may, so that a small cluster starts. 'required': never; what was
    lost with one node is then one instance, and a pod without a place of its own stays pending."""

    topology_key: Annotated[str, obeys(topology_is_label_key)] = HOST
    """The nodes' label whose values are places: by default each host is one."""

    zones: Literal["preferred", "required"] | None = None
    """Whether instances are spread evenly over the zones of the nodes, beside being kept apart by
    `topology_key`. None: no; nodes without zones have nothing to spread over, and volumes that live
    in one zone decide for themselves."""


class ResourcesSpec(Spec):
    """What each instance of a database is given.

    CPU has no limit: it would stop backends in the middle of a commit, locks held, while the node
    idles. The price is the pod's class, Burstable; a Guaranteed one has its CPU limited.
    """

    cpu: Annotated[str, obeys(cpu_is_cores_or_millicores)]
    """What is reserved: whole cores, or thousandths like '500m'. More is used where it is idle."""

    memory: Quantity
    """What is reserved, and the limit: memory beyond what is reserved is taken back by killing.
    `shared_buffers` is part of it; a quarter of it is where to begin."""


def placement(spec: PlacementSpec, cluster: str) -> dict[str, Any]:
    """Return the part of `Cluster.spec` that places instances; nothing where it says nothing new.

    `cnpg.io/cluster` alone would count poolers and jobs too (CloudNativePG's charts, PR #818).
    """
    found: dict[str, Any] = {}
    if (spec.anti_affinity, spec.topology_key) != ("preferred", HOST):
        found["affinity"] = {
            "enablePodAntiAffinity": True,
            "podAntiAffinityType": spec.anti_affinity,
            "topologyKey": spec.topology_key,
        }
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


def resources(spec: ResourcesSpec | None) -> Mapping[str, Any]:
    """Return the part of `Cluster.spec` that reserves CPU and memory and limits memory."""
    if spec is None:
        return {}
    return {
        "resources": {
            "requests": {"cpu": spec.cpu, "memory": spec.memory},
            "limits": {"memory": spec.memory},
        }
    }
