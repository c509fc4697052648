"""Services through which clients outside of the cluster reach a database."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import pulumi

from components.postgres.network import POSTGRES
from components.spec import Spec
from components.spec.rule import obeys
from components.spec.words import HostName, IpRange, LabelKey, list_says_something

ROLES: Mapping[str, str] = {"rw": "primary", "ro": "replica"}
"""The label of the instances that a Service reaches (CloudNativePG, service_management.md)."""


class LoadBalancerSpec(Spec):
    """A Service of type LoadBalancer, which leads to the active generation.

    tier0 makes it, not CloudNativePG (`managed.services`): it has one name, and two generations are
    two Clusters. `up` does not wait for its address, without which the database works as well.
    """

    hosts: Annotated[Sequence[HostName], obeys(list_says_something)]
    """Host names by which clients reach it, which your DNS resolves to its address. They are in the
    server's certificate."""

    source_ranges: Annotated[Sequence[IpRange], obeys(list_says_something)]
    """Addresses from which clients may come, like '192.168.0.0/16'; '0.0.0.0/0' is any. The
    NetworkPolicy lets them in too, to each database of the namespace. Traffic goes to a node that
    has the instance (`externalTrafficPolicy: Local`), as otherwise a node's address takes the place
    of the client's, and no policy knows it."""

    reaches: Literal["rw", "ro"] = "rw"
    """What it reaches: 'rw' the primary, 'ro' the replicas."""

    class_name: LabelKey | None = None
    """Its `loadBalancerClass`. None: the cluster's default. A change makes it again."""

    annotations: Mapping[LabelKey, str] = {}
    """What the load balancer or your DNS reads, like 'metallb.io/loadBalancerIPs'."""


def load_balancer(spec: LoadBalancerSpec, cluster: pulumi.Input[str]) -> Mapping[str, Any]:
    """Return the `spec` of the Service that reaches instances of *cluster*."""
    return {
        "type": "LoadBalancer",
        "externalTrafficPolicy": "Local",
        "loadBalancerSourceRanges": [*spec.source_ranges],
        **({"loadBalancerClass": spec.class_name} if spec.class_name else {}),
        "ports": [
            {"name": "postgres", "port": POSTGRES, "targetPort": POSTGRES, "protocol": "TCP"}
        ],
        "selector": {"cnpg.io/cluster": cluster, "cnpg.io/instanceRole": ROLES[spec.reaches]},
    }
