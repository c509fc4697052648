"""Where a host is, as far as its name tells."""

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
"""Ends of names that are nobody's in public (RFC 6762 appendix G, RFC 6761, RFC 8375)."""


def in_cluster(host: str) -> bool:
    """Tell whether *host* is a Service of the cluster or a name that means only something in it."""
    return host.endswith(_IN_CLUSTER) or "." not in host or host.startswith("127.")


def without_public_ca(host: str) -> bool:
    """Tell whether no public CA signs a certificate of *host*."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host.endswith(_NOT_PUBLIC) or "." not in host
