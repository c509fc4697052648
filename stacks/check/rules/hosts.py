"""Where a host is, as far as its name shows."""

import ipaddress

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


def in_cluster(host: str) -> bool:
    """Return whether *host* is a Service of the cluster, or a name that only resolves in it."""
    return host.endswith(_IN_CLUSTER) or "." not in host or host.startswith("127.")


def without_public_ca(host: str) -> bool:
    """Return whether no public CA signs a certificate for *host*."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host.endswith(_NOT_PUBLIC) or "." not in host
