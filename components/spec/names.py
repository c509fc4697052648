"""The rules of names: of Kubernetes' objects, S3's buckets, hosts, and PostgreSQL's objects."""

import re
from collections.abc import Iterator

from components.spec.rule import Fault, rule

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_FOLDER = r"(?!\.{1,2}(/|$))[-._A-Za-z0-9]+"
_QUALIFIED = r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?"
_NOT_A_LABEL = (
    "is not a Kubernetes name; write lower-case letters, digits and '-', "
    "first and last a letter or digit"
)
_LONGEST_IDENTIFIER = 63  # bytes (NAMEDATALEN)


@rule("value", was="T101")
def name_is_dns_label(value: str) -> Iterator[Fault]:
    """A name is a DNS-1123 label: at most 63 of a-z, 0-9 and '-'.

    The API server refuses others, or the Service made from them (RFC 1123; Kubernetes, "Object
    Names and IDs").
    """
    yield from _word(value, _LABEL, _NOT_A_LABEL, 63)


@rule("value", was="T116")
def service_name_is_dns_label(value: str) -> Iterator[Fault]:
    """A Service's name is a DNS-1035 label: a name that begins with a letter.

    The API server refuses others (Kubernetes, "Services").
    """
    yield from _word(value, _LABEL, _NOT_A_LABEL, 63)
    yield from _begins_with_a_letter(value)


@rule("value", was="T111")
def cluster_name_is_valid(value: str) -> Iterator[Fault]:
    """A database cluster's name begins with a letter and leaves room for a generation's suffix.

    Its Services are named after it, and their names begin with a letter (RFC 1035). CloudNativePG
    allows 50 characters (cluster_webhook.go, validateName, v1.30.0); the last four are reserved for
    the suffix of a later generation, `-g99`.
    """
    yield from _word(value, _LABEL, _NOT_A_LABEL, 46)
    yield from _begins_with_a_letter(value)


@rule("value", was="T112")
def store_name_is_short(value: str) -> Iterator[Fault]:
    """An object store's name has at most 38 characters.

    Rook names Services and Deployments after it (Rook object.go, ValidateObjectSpec).
    """
    yield from _word(value, _LABEL, _NOT_A_LABEL, 38)


@rule("value", was="T114")
def node_name_is_dns_subdomain(value: str) -> Iterator[Fault]:
    """A node's name is a DNS-1123 subdomain.

    Rook looks the node up by name, and silently skips one that does not exist.
    """
    yield from _word(
        value,
        rf"{_LABEL}(\.{_LABEL})*",
        "is not a node name; write it as `kubectl get nodes` shows it",
        253,
    )


@rule("value")
def snapshot_name_is_dns_subdomain(value: str) -> Iterator[Fault]:
    """A VolumeSnapshot's name is a DNS-1123 subdomain.

    The API server refuses others. CloudNativePG names it after its Backup, `-wal` for the WAL
    volume (calculator.go, GetSnapshotName, v1.30.0), which can be longer than a label.
    """
    yield from _word(
        value,
        rf"{_LABEL}(\.{_LABEL})*",
        "is not a VolumeSnapshot's name; write it as `kubectl get volumesnapshots` shows it",
        253,
    )


@rule("value", was="T109")
def secret_key_is_valid(value: str) -> Iterator[Fault]:
    """A Secret's key has only letters, digits, '-', '_' and '.'.

    The API server refuses others (Kubernetes, "Secrets").
    """
    yield from _word(
        value,
        r"[-._a-zA-Z0-9]+",
        "is not a Secret's key; write letters, digits, '-', '_' and '.'",
        253,
    )


@rule("value")
def label_key_is_qualified(value: str) -> Iterator[Fault]:
    """A label's key is a name of at most 63 characters, with or without a domain before it.

    The API server refuses others (Kubernetes, "Labels and Selectors").
    """
    domain, slash, name = value.rpartition("/")
    if slash:
        yield from _word(
            domain,
            rf"{_LABEL}(\.{_LABEL})*",
            "is not the domain of a label's key; write one like 'example.org'",
            253,
        )
    yield from _word(
        name,
        _QUALIFIED,
        "is not a label's key; write letters, digits, '-', '_' and '.', first and last a letter "
        "or digit",
        63,
    )


@rule("value")
def label_value_is_short(value: str) -> Iterator[Fault]:
    """A label's value is empty, or at most 63 letters, digits, '-', '_' and '.'.

    The API server refuses others (Kubernetes, "Labels and Selectors").
    """
    yield from _word(
        value,
        rf"({_QUALIFIED})?",
        "is not a label's value; write letters, digits, '-', '_' and '.', first and last a letter "
        "or digit",
        63,
    )


@rule("value", was="T113")
def bucket_name_is_valid(value: str) -> Iterator[Fault]:
    """A bucket's name is also a host name, of 3 to 63 characters.

    S3 refuses others, and a name that is not a host name cannot be addressed over TLS by that name.
    """
    yield from _word(
        value,
        r"[a-z0-9][-a-z0-9]{1,}[a-z0-9]",
        "is not a bucket name; write 3 to 63 lower-case letters, digits and '-'",
        63,
    )


@rule("value")
def bucket_path_is_plain(value: str) -> Iterator[Fault]:
    """A path inside of a bucket is folders of letters, digits and `._-`, joined by '/'.

    Those of ASCII are safe in keys with every store (S3, "Naming objects"); a folder of dots, or
    one without a name, is another place to who resolves it. Barman and tier0 write the slashes
    around it.
    """
    yield from _word(
        value,
        rf"{_FOLDER}(/{_FOLDER})*",
        "is not a path inside of a bucket; write folders of letters, digits and '._-', like "
        "'clusters/prod', without a slash at its ends",
        255,
    )


@rule("value")
def host_name_is_dns_name(value: str) -> Iterator[Fault]:
    """A host name is a DNS name in lower case, neither an address nor a wildcard.

    A certificate holds addresses elsewhere (RFC 5280, 4.2.1.6), and a name alone in it is what
    clients verify; a wildcard would vouch for other servers too.
    """
    if re.fullmatch(r"[0-9.]+", value):
        yield Fault(f"'{value}' is an address; write a host name that resolves to it")
        return
    yield from _word(
        value,
        rf"{_LABEL}(\.{_LABEL})*",
        "is not a host name; write one like 's3.example.org', without scheme, port or wildcard",
        253,
    )
    for label in value.split("."):
        if len(label) > 63:  # noqa: PLR2004 - RFC 1035, 2.3.4
            yield Fault(f"'{label}' has {len(label)} characters; write at most 63 between two dots")


@rule("value")
def identifier_is_usable(value: str) -> Iterator[Fault]:
    """A PostgreSQL identifier has 1 to 63 bytes, without quotes and control characters.

    PostgreSQL cuts a longer one (NAMEDATALEN), and CloudNativePG then looks for a name that does
    not exist. CloudNativePG quotes each identifier (pgx.Identifier, v1.30.0); `"` and `'` break
    what does not.
    """
    size = len(value.encode(errors="replace"))
    if size > _LONGEST_IDENTIFIER:
        yield Fault(f"'{value}' has {size} bytes; write at most {_LONGEST_IDENTIFIER}")
    elif not value or not value.isprintable() or {"'", '"'} & set(value):
        yield Fault(
            f"'{value}' is not a PostgreSQL identifier; write letters, digits, '_' and '-', and no "
            "quotes"
        )


def _word(value: str, shape: str, fix: str, longest: int) -> Iterator[Fault]:
    if len(value) > longest:
        yield Fault(f"'{value}' has {len(value)} characters; write at most {longest}")
    elif not re.fullmatch(shape, value):
        yield Fault(f"'{value}' {fix}")


def _begins_with_a_letter(value: str) -> Iterator[Fault]:
    if value[:1].isdigit():
        yield Fault(f"'{value}' begins with a digit, which a Service must not; begin with a letter")
