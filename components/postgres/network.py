"""What database pods may reach and what may reach them, as a NetworkPolicy per namespace.

The namespace is the unit: a reader of its Secrets can connect anyway, and a recovery, a drill and a
later generation are Clusters with other names in it. Without a network plugin that enforces
policies, nothing changes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import pulumi
from pydantic import Field

from components.kube import Object
from components.operators import CLOUDNATIVE_PG_NAMESPACE
from components.postgres.drills import DRILLED, DRILLS_NAMESPACE, SCRATCH, WATCH_PORT
from components.spec import Spec
from components.spec.rule import obeys
from components.spec.words import IpRange, Name, Port, list_says_something

POLICY = "databases"
POSTGRES, STATUS, METRICS = 5432, 8000, 9187
"""Ports of an instance: clients and replicas; operator and replicas; Prometheus."""

POOLER_METRICS = 9127
"""Metrics port of a PgBouncer; its clients use PostgreSQL's port."""

DNS = 53
GATEWAY = 443
_NAMESPACE_NAME = "kubernetes.io/metadata.name"


class NetworkSpec(Spec):
    """Where databases find what they need in the cluster's network."""

    api_server_port: int = Field(default=6443, ge=1, le=65535)
    """Port that the API server itself listens on, behind its Service. Each instance asks the API
    server who is primary; a primary that reaches neither it nor its replicas stops."""

    operator_namespace: Name = CLOUDNATIVE_PG_NAMESPACE
    """Namespace of CloudNativePG's operator."""

    monitoring_namespace: Name = "monitoring"
    """Namespace whose pods may read metrics."""


class EgressSpec(Spec):
    """Addresses outside of the cluster that database pods may reach."""

    range: IpRange
    """The addresses, like '10.1.0.0/16'. Some network plugins match no pods and nodes to a range
    (Cilium), so it is for what is outside."""

    ports: Annotated[Sequence[Port], obeys(list_says_something)]
    """The TCP ports."""


@dataclass(frozen=True, kw_only=True)
class Gateways:
    """Where the object store of archives is, and the port of the off-site store."""

    pods: tuple[str, str] | None
    """Namespace and name of the CephObjectStore whose pods it is. None: it is elsewhere, at any
    address, as a selector cannot name a host."""

    port: int = GATEWAY
    """Its port."""

    offsite_port: int | None = None
    """Port of the off-site store, which a recovery may read: at any address, as a selector cannot
    name a host."""

    site_ports: Sequence[int] = ()
    """Ports of the stores with the archives of other sites, which databases follow; likewise."""

    imports: Sequence[tuple[str | None, int]] = ()
    """The servers that databases are imported from: addresses as a CIDR, None for any; and port."""


def database_policy(  # noqa: PLR0913 - what databases declare of their traffic, each by its name
    name: str,
    spec: NetworkSpec,
    *,
    parent: pulumi.Resource,
    namespace: pulumi.Input[str],
    gateways: Gateways,
    clients: Sequence[str],
    ranges: Sequence[str],
    egress: Sequence[EgressSpec],
    pooled: bool,
    drilled: bool,
) -> None:
    """Let the databases of a namespace reach what they need, and their clients reach them."""
    Object(
        f"{name}-policy",
        parent=parent,
        api_version="networking.k8s.io/v1",
        kind="NetworkPolicy",
        name=POLICY,
        namespace=namespace,
        spec=policy(spec, gateways, clients, ranges, egress, pooled=pooled, drilled=drilled),
    )


def policy(
    spec: NetworkSpec,
    gateways: Gateways,
    clients: Sequence[str],
    ranges: Sequence[str],
    egress: Sequence[EgressSpec],
    *,
    pooled: bool,
    drilled: bool,
) -> Mapping[str, Any]:
    """Return the `spec` of the NetworkPolicy; *drilled*: a database has drills, so a watch.

    Clients are in the namespaces *clients*, or have addresses in *ranges*; *egress* is what the
    databases reach besides what all need.

    CloudNativePG labels its instances, all its jobs, those of a recovery too, and its PgBouncers
    with `cnpg.io/cluster` (pkg/specs, 1.30): every client of a database may reach a PgBouncer,
    which reaches databases and the API server. The operator calls 8000 and 5432 of each instance
    (networking.md), instances call both of each other (replication, and a primary's check whether
    it is isolated). Only the operator calls the plugin, in the operator's namespace; an instance
    calls it through a socket in its own pod.
    """
    instances = {"matchExpressions": [{"key": "cnpg.io/cluster", "operator": "Exists"}]}
    databases = {"podSelector": instances}
    # Pods of the same namespace, and of the declared ones.
    near: list[Mapping[str, Any]] = [{"podSelector": {}}]
    near += [{"namespaceSelector": _called(client)} for client in clients]
    near += [{"ipBlock": {"cidr": it}} for it in ranges]
    return {
        "podSelector": instances,
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [
            {"from": near, "ports": _tcp(POSTGRES)},
            {"from": [databases, _operator(spec)], "ports": _tcp(POSTGRES, STATUS)},
            {
                "from": [{"namespaceSelector": _called(spec.monitoring_namespace)}],
                "ports": _tcp(METRICS, POOLER_METRICS) if pooled else _tcp(METRICS),
            },
            *([_watched(spec)] if drilled else []),
        ],
        "egress": [
            {"to": [databases], "ports": _tcp(POSTGRES, STATUS)},
            _archive(gateways),
            *_offsite(gateways),
            *([{"ports": _tcp(*gateways.site_ports)}] if gateways.site_ports else []),
            *_imports(gateways),
            *_names_and_api_server(spec),
            *({"to": [{"ipBlock": {"cidr": it.range}}], "ports": _tcp(*it.ports)} for it in egress),
        ],
    }


def clone_policy(
    spec: NetworkSpec,
    gateways: Gateways,
    *,
    reads: Literal["archive", "offsite"] | None,
    clients: Sequence[str],
) -> Mapping[str, Any]:
    """Return the `spec` of the NetworkPolicy of a namespace that holds a clone and nothing else.

    The clone reaches the store that it *reads*, none once it is restored, and no database, nor what
    its original may reach besides: it acts on nothing. Only the
    operator and the pods of the namespaces *clients* reach it.
    """
    stores = {"archive": [_archive(gateways)], "offsite": _offsite(gateways), None: []}
    near = [{"namespaceSelector": _called(client)} for client in clients]
    return {
        "podSelector": {},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [
            {"from": [_operator(spec)], "ports": _tcp(POSTGRES, STATUS)},
            *([{"from": near, "ports": _tcp(POSTGRES)}] if near else []),
        ],
        "egress": [*stores[reads], *_names_and_api_server(spec)],
    }


def drill_policies(
    spec: NetworkSpec, gateways: Gateways, namespaces: Iterable[str]
) -> Mapping[str, Mapping[str, Any]]:
    """Return the `spec` of each NetworkPolicy of the namespace of drills, by its name.

    The scratch Cluster reaches the stores, and no database; only the operator and drills reach it.
    Drills reach it, the stores, and the watches in *namespaces*, those of databases; nothing
    reaches a drill.
    """
    drills = {"matchExpressions": [{"key": DRILLED, "operator": "Exists"}]}
    scratch = {"matchLabels": {"cnpg.io/cluster": SCRATCH}}
    homes = {"key": _NAMESPACE_NAME, "operator": "In", "values": sorted(namespaces)}
    watches = {"namespaceSelector": {"matchExpressions": [homes]}}
    both = ["Ingress", "Egress"]
    reached = [_archive(gateways), *_offsite(gateways), *_names_and_api_server(spec)]
    return {
        "scratch": {
            "podSelector": scratch,
            "policyTypes": both,
            "ingress": [
                {"from": [_operator(spec)], "ports": _tcp(POSTGRES, STATUS)},
                {"from": [{"podSelector": drills}], "ports": _tcp(POSTGRES)},
            ],
            "egress": reached,
        },
        "drills": {
            "podSelector": drills,
            "policyTypes": both,
            # The API server drops an empty `ingress`; without one nothing comes in either.
            "egress": [
                {"to": [{"podSelector": scratch}], "ports": _tcp(POSTGRES)},
                {"to": [watches], "ports": _tcp(WATCH_PORT)},
                *reached,
            ],
        },
    }


def _watched(spec: NetworkSpec) -> Mapping[str, Any]:
    """Return the rule for what reaches the watch of a database, which has its Cluster's label."""
    readers = [DRILLS_NAMESPACE, spec.monitoring_namespace]
    near = [{"namespaceSelector": _called(it)} for it in readers]
    return {"from": near, "ports": _tcp(WATCH_PORT)}


def _operator(spec: NetworkSpec) -> Mapping[str, Any]:
    return {
        "namespaceSelector": _called(spec.operator_namespace),
        "podSelector": {"matchLabels": {"app.kubernetes.io/name": "cloudnative-pg"}},
    }


def _archive(gateways: Gateways) -> Mapping[str, Any]:
    """Return the rule for what reaches the object store."""
    ports = _tcp(gateways.port)
    if gateways.pods is None:
        return {"ports": ports}
    namespace, store = gateways.pods
    labels = {"app": "rook-ceph-rgw", "rook_object_store": store}
    pods = {"namespaceSelector": _called(namespace), "podSelector": {"matchLabels": labels}}
    return {"to": [pods], "ports": ports}


def _offsite(gateways: Gateways) -> list[Mapping[str, Any]]:
    """Return the rule for what reaches the off-site store; none without one."""
    return [{"ports": _tcp(gateways.offsite_port)}] if gateways.offsite_port else []


def _imports(gateways: Gateways) -> list[Mapping[str, Any]]:
    """Return the rules for what reaches the servers that databases are imported from."""
    return [
        ({"to": [{"ipBlock": {"cidr": cidr}}]} if cidr else {}) | {"ports": _tcp(port)}
        for cidr, port in gateways.imports
    ]


def _names_and_api_server(spec: NetworkSpec) -> list[Mapping[str, Any]]:
    """Return the rules for what reaches DNS and the API server, at any address.

    The API server and a node's DNS cache are not pods, so no label selects them; a range of
    addresses would, but some plugins (Cilium) match none to nodes.
    """
    return [
        {"ports": [*_tcp(DNS), {"port": DNS, "protocol": "UDP"}]},
        {"ports": _tcp(spec.api_server_port)},
    ]


def _called(namespace: str) -> Mapping[str, Any]:
    """Return the selector of the namespace *name*, by the label that each one has."""
    return {"matchLabels": {_NAMESPACE_NAME: namespace}}


def _tcp(*ports: int) -> list[Mapping[str, Any]]:
    return [{"port": port, "protocol": "TCP"} for port in ports]
