"""The addresses of services and machines.

A host is a name, an IPv4 address, or an IPv6 address in brackets (RFC 3986, 3.2.2).
"""

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from components.spec.rule import Fault, rule

PORT = r"([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
"""The port in an address, as a regular expression."""

IPV6 = r"\[[0-9A-Fa-f]*:[0-9A-Fa-f:.]*\]"
"""An IPv6 address in brackets, as a regular expression; `ip_address` judges what is in them."""

_HTTPS = 443
_LABEL = 63
"""Most characters between two dots of a name (RFC 1035, 2.3.4)."""

_URL = re.compile(rf"https://(?P<host>{IPV6}|[a-z0-9.-]+)(?P<port>:{PORT})?/?", re.IGNORECASE)
_AWS = re.compile(r"(?:^|\.)s3[.-](?:[a-z0-9-]+\.)*(amazonaws\.com(?:\.cn)?)$")
_BARE_IPV6 = re.compile(r"https?://[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*", re.IGNORECASE)


def ip_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return *host*, with or without brackets, as an IP address; None for a name."""
    try:
        return ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None


@rule("value", was="T106")
def address_is_https(value: str) -> Iterator[Fault]:
    """An address is HTTPS.

    Archives hold every row, and requests hold the keys; Barman accepts plain HTTP without a
    warning. The parts are those of RFC 3986; an address of a whole store has no path.
    """
    found = _URL.fullmatch(value)
    if re.match(r"[A-Za-z]+://[^/]*@", value):
        # The value is not repeated: it may hold a password.
        yield Fault("the address holds a user or a password; write it without them")
    elif _BARE_IPV6.fullmatch(value):
        yield Fault(f"'{value}' has an IPv6 address without brackets; write 'https://[<address>]'")
    elif not found or not _is_host(found["host"]):
        yield Fault(
            f"'{value}' is not an HTTPS address; write 'https://<host>' or 'https://<host>:<port>'"
        )


def _is_host(host: str) -> bool:
    """Return whether *host* is an address, or a name whose last part is no number (RFC 3696)."""
    if ip_address(host):
        return True
    labels = host.removesuffix(".").split(".")
    whole = all(0 < len(label) <= _LABEL for label in labels)
    return not host.startswith("[") and whole and not labels[-1].isdigit()


def normal_url(value: str) -> str:
    """Return an address in its normal form: without a slash, and a host in lower case."""
    address = value.lower().removesuffix("/")
    return re.sub(IPV6, lambda found: f"[{normal_address(found[0][1:-1])}]", address)


def store_of(url: str) -> tuple[str, int]:
    """Return the host and the port of an S3 service, the same for each way to write its address.

    AWS is one service at many addresses: the name of a bucket leads to one bucket in all regions
    (AWS, "General purpose bucket naming rules"), those of China apart.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").removesuffix(".")
    if found := _AWS.search(host):
        host = found[1]
    return host, parts.port or _HTTPS


def one_store(one: str, other: str, namespace: str) -> bool:
    """Tell whether two addresses lead to one S3 service, seen from *namespace*.

    With TLS or not, and by the short or the whole name of a Service.
    """
    try:
        places = [store_of(it) for it in (one, other)]
    except ValueError:
        return one == other
    hosts = [host if "." in host else f"{host}.{namespace}.svc" for host, _ in places]
    return hosts[0] == hosts[1] and places[0][1] == places[1][1]


@rule("value")
def range_is_cidr(value: str) -> Iterator[Fault]:
    """A range of addresses is in CIDR notation, without bits after its length.

    The API server refuses others in a NetworkPolicy (RFC 4632).
    """
    try:
        ipaddress.ip_network(value)
    except ValueError:
        meant = _meant_range(value)
        yield Fault(f"'{value}' is not a range of addresses; write one like '{meant}'")
    else:
        if "/" not in value:
            yield Fault(f"'{value}' is a single address; write '{_meant_range(value)}'")


def _meant_range(value: str) -> str:
    try:
        return str(ipaddress.ip_network(value, strict=False))
    except ValueError:
        return "10.0.0.0/8"


def normal_range(value: str) -> str:
    """Return a range of addresses in its shortest form."""
    return str(ipaddress.ip_network(value))


def normal_address(value: str) -> str:
    """Return an IP address in its shortest form."""
    return str(ipaddress.ip_address(value))


@rule("value", was="T110")
def address_is_ip(value: str) -> Iterator[Fault]:
    """A machine's address is an IP address.

    Talos's health check accepts no host names (talosctl health, --control-plane-nodes).
    """
    try:
        ipaddress.ip_address(value)
    except ValueError:
        yield Fault(f"'{value}' is not an IP address; write one like '10.0.0.2', not a host name")
