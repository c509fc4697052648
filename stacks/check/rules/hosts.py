"""Where a host is, as far as its name shows."""

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from components.spec.addresses import ip_address
from components.talos import TalosctlSpec
from stacks.environment import EnvironmentSpec

_IN_CLUSTER = (".svc", ".svc.cluster.local", ".localhost")
_NOT_PUBLIC = (
    ".local",
    ".lan",
    ".home",
    ".corp",
    ".intranet",
    ".internal",
    ".private",
    ".home.arpa",
    ".test",
)
"""Suffixes of names that have no public owner (RFC 6762 appendix G, RFC 6761, RFC 8375)."""


_SHARED = ipaddress.ip_network("100.64.0.0/10")
"""Addresses that no one owns, as private ones (RFC 6598)."""


def namespaces(environment: EnvironmentSpec) -> set[str]:
    """Return the namespaces that *environment* names."""
    found = {database.namespace for database in environment.databases.values()}
    found |= {environment.certificates.namespace}
    found |= {environment.ceph_namespace} if environment.ceph_namespace else set()
    found |= {environment.existing_rook.namespace} if environment.existing_rook else set()
    found |= {environment.network.operator_namespace, environment.network.monitoring_namespace}
    return found | ({environment.gitops.namespace} if environment.gitops else set())


def machines(environment: EnvironmentSpec) -> dict[str, str]:
    """Return the field of each node whose address *environment* knows, by that address."""
    bootstrap = environment.bootstrap
    if isinstance(bootstrap, TalosctlSpec):
        return {node.address: f"bootstrap.nodes.{name}" for name, node in bootstrap.nodes.items()}
    return {bootstrap.control_plane: "bootstrap.control_plane"} if bootstrap else {}


def outlives_cluster(environment: EnvironmentSpec) -> bool:
    """Return whether archives are outside of the cluster, as far as their store's address shows."""
    s3 = environment.existing_s3
    if s3 is None or in_cluster(s3.host) or s3.host in machines(environment):
        return False
    return not like_a_service(s3.host, namespaces(environment))


def is_short(host: str) -> bool:
    """Return whether *host* is a name without a dot, which says nothing of where it leads."""
    return ip_address(host) is None and "." not in host and host != "localhost"


def like_a_service(host: str, known: Collection[str]) -> str:
    """Return how *host* is like a name by which a pod finds a Service; empty if it is not.

    That is a name alone, or one with its namespace: one of *known*, or of the Service's own name. A
    pod looks for these in the cluster first (Kubernetes, "DNS for Services and Pods"), unless they
    end in a dot.
    """
    if is_short(host):
        return "without a dot"
    service, _, namespace = host.lower().partition(".")
    return "like a Service's, <name>.<namespace>" if namespace in {*known, service} else ""


def in_cluster(host: str) -> bool:
    """Return whether *host* is a Service of the cluster, or the pod itself."""
    if found := ip_address(host):
        # IPv4 in IPv6: `::ffff:127.0.0.1`.
        found = getattr(found, "ipv4_mapped", None) or found
        return found.is_loopback or found.is_unspecified
    name = host.lower().removesuffix(".")
    return name == "localhost" or name.endswith(_IN_CLUSTER)


def lost_with_cluster(environment: EnvironmentSpec, endpoint: str) -> str:
    """Return why a store at *endpoint* is, or may be, one of this cluster; empty if it is not."""
    host = urlsplit(endpoint).hostname or ""
    store = environment.rook_store
    if store and host in store.certificate.hosts:
        return (
            f"'{endpoint}' is a name of this cluster's own object store "
            "(object_store.certificate.hosts) and is lost with it; write the address of a store "
            "elsewhere"
        )
    if short := like_a_service(host, namespaces(environment)):
        return (
            f"'{endpoint}' has a host name {short}, which a pod looks for in this cluster "
            "first; write the whole name of a store elsewhere"
        )
    if in_cluster(host):
        return (
            f"'{endpoint}' is a service of this cluster and is lost with it; "
            "write the address of a store elsewhere"
        )
    return ""


def without_public_ca(host: str) -> bool:
    """Return whether no public CA signs a certificate for *host*."""
    if found := ip_address(host):
        return found.is_private or found in _SHARED
    return in_cluster(host) or host.removesuffix(".").endswith(_NOT_PUBLIC) or is_short(host)
