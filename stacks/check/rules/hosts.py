"""Where a host is, as far as its name shows."""

from components.spec.addresses import ip_address

_IN_CLUSTER = (".svc", ".svc.cluster.local", "localhost")
_NOT_PUBLIC = (
    *_IN_CLUSTER,
    ".local",
    ".lan",
    ".home",
    ".corp",
    ".intranet",
    ".internal",
    ".home.arpa",
    ".test",
)
"""Suffixes of names that have no public owner (RFC 6762 appendix G, RFC 6761, RFC 8375)."""


def is_short(host: str) -> bool:
    """Return whether *host* is a name without a dot, which says nothing of where it leads."""
    return ip_address(host) is None and "." not in host and host != "localhost"


def in_cluster(host: str) -> bool:
    """Return whether *host* is a Service of the cluster, or the pod itself."""
    found = ip_address(host)
    return found.is_loopback if found else host.endswith(_IN_CLUSTER)


def without_public_ca(host: str) -> bool:
    """Return whether no public CA signs a certificate for *host*."""
    found = ip_address(host)
    return found.is_private if found else host.endswith(_NOT_PUBLIC) or is_short(host)
