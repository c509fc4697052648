"""What a person decides: the base of every spec, and the words specs are written in.

A spec is frozen, closed to unknown fields, and valid or an error; it needs no network. The words
(`Schedule`, `Retention`, ...) are strings with one meaning each, so that a fault names its mend.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

from components import cron

_drafting: ContextVar[bool] = ContextVar("drafting", default=False)


@contextmanager
def drafting() -> Iterator[None]:
    """Build specs without validating them, so that the outermost can be validated as a whole.

    A nested constructor call would raise at the first fault and would not know its place in the
    environment. Drafts are never used: `model_validate` of the outermost yields the real specs,
    or every fault at once, each with its full path.
    """
    token = _drafting.set(True)
    try:
        yield
    finally:
        _drafting.reset(token)


class Spec(BaseModel):
    """What a person decides about one thing; frozen and closed, each field explained under it."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        use_attribute_docstrings=True,
        revalidate_instances="always",
    )

    def __init__(self, **data: Any) -> None:  # noqa: ANN401 - the fields' own types are checked
        if _drafting.get():
            object.__setattr__(self, "__dict__", data)
            object.__setattr__(self, "__pydantic_fields_set__", set(data))
            object.__setattr__(self, "__pydantic_extra__", None)
            object.__setattr__(self, "__pydantic_private__", None)
        else:
            super().__init__(**data)


def fault(rule: str, message: str) -> PydanticCustomError:
    """Return the error of rule *rule*: a message of the form `fault; mend`."""
    return PydanticCustomError(rule, "{message}", {"message": message})


_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DAYS = {"d": 1, "w": 7, "m": 31}


def seconds(duration: str) -> int:
    """Return the length of a `Duration` in seconds."""
    return int(duration[:-1]) * _SECONDS[duration[-1]]


def retention_days(retention: str) -> int:
    """Return a `Retention` in days; a month counts 31, as in barman."""
    return int(retention[:-1]) * _DAYS[retention[-1]]


def _word(rule: str, pattern: str, mend: str, longest: int) -> Callable[[str], str]:
    """Return a validator for a word of one shape, at most *longest* characters."""
    shape = re.compile(pattern)

    def check(value: str) -> str:
        if len(value) > longest:
            raise fault(
                rule,
                f"'{value}' has {len(value)} characters; write at most {longest}",
            )
        if not shape.fullmatch(value):
            raise fault(rule, f"'{value}' {mend}")
        return value

    return check


_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_NOT_A_LABEL = (
    "is not a Kubernetes name; write lower-case letters, digits and '-', "
    "first and last a letter or digit"
)


def _duration(value: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]*[smhd]", value):
        raise fault(
            "T103", f"'{value}' is not a duration; write a whole number and s, m, h or d, like '5m'"
        )
    return value


def _quantity(value: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]*(Mi|Gi|Ti|Pi)", value):
        number = re.match(r"[1-9][0-9]*", value)
        like = f"{number[0]}Gi" if number else "10Gi"
        raise fault(
            "T104", f"'{value}' is not a size; write a whole number and Mi, Gi or Ti, like '{like}'"
        )
    return value


def _retention(value: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]*[dwm]", value):
        raise fault(
            "T105",
            f"'{value}' is not a retention; write a whole number and d, w or m (days, weeks, "
            "months), like '30d'",
        )
    return value


def _https(value: str) -> str:
    if not re.fullmatch(r"https://[a-z0-9.-]+(:[0-9]{1,5})?", value):
        raise fault(
            "T106",
            f"'{value}' is not an HTTPS address; write 'https://<host>' or 'https://<host>:<port>'",
        )
    return value


def _ip_address(value: str) -> str:
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        raise fault(
            "T110", f"'{value}' is not an IP address; write one like '10.0.0.2', not a host name"
        ) from None


def _image(value: str) -> str:
    name, _, tag = value.rpartition(":")
    if not name or "/" in tag or tag == "latest":
        raise fault(
            "T107",
            f"'{value}' names no fixed version; write a tag or digest, like "
            "'ghcr.io/cloudnative-pg/postgresql:18.4-system-trixie'",
        )
    return value


def _schedule(value: str) -> str:
    try:
        cron.check(value)
    except ValueError as error:
        raise fault("T102", str(error)) from None
    return value


Name = Annotated[str, AfterValidator(_word("T101", _LABEL, _NOT_A_LABEL, 63))]
"""A Kubernetes object's name (DNS-1123 label)."""

ClusterName = Annotated[str, AfterValidator(_word("T101", _LABEL, _NOT_A_LABEL, 46))]
"""A database cluster's name. CloudNativePG takes 50 characters (cluster_webhook.go, v1.30.0);
the last four are kept for the suffix of a later generation, `-g99`."""

StoreName = Annotated[str, AfterValidator(_word("T101", _LABEL, _NOT_A_LABEL, 38))]
"""A Rook object store's name, 38 characters at most (Rook object.go, ValidateObjectSpec)."""

BucketName = Annotated[
    str,
    AfterValidator(
        _word(
            "T101",
            r"[a-z0-9][-a-z0-9]{1,}[a-z0-9]",
            "is not a bucket name; write 3 to 63 lower-case letters, digits and '-'",
            63,
        )
    ),
]
"""An S3 bucket's name, in the subset that is also a host name."""

NodeName = Annotated[
    str,
    AfterValidator(
        _word(
            "T110",
            rf"{_LABEL}(\.{_LABEL})*",
            "is not a node's name; write it as `kubectl get nodes` shows it",
            253,
        )
    ),
]
"""A Kubernetes node's name (DNS-1123 subdomain)."""

Identifier = Annotated[
    str,
    AfterValidator(
        _word(
            "T108",
            r"[a-z_][a-z0-9_]*",
            "is not a plain PostgreSQL identifier; write lower-case letters, digits and '_', "
            "first not a digit",
            63,
        )
    ),
]
"""A PostgreSQL database or role that needs no quoting."""

SecretKey = Annotated[
    str,
    AfterValidator(
        _word(
            "T109",
            r"[-._a-zA-Z0-9]+",
            "is not a Secret's key; write letters, digits, '-', '_' and '.'",
            253,
        )
    ),
]
"""A key in a Secret's data."""

Schedule = Annotated[str, AfterValidator(_schedule)]
"""A standard cron expression in UTC: minute hour day month weekday."""

Duration = Annotated[str, AfterValidator(_duration)]
"""A length of time: a whole number and s, m, h or d."""

Quantity = Annotated[str, AfterValidator(_quantity)]
"""A size in binary units: a whole number and Mi, Gi, Ti or Pi."""

Retention = Annotated[str, AfterValidator(_retention)]
"""How far back recovery must reach: a whole number and d, w or m, as the barman plugin reads it."""

HttpsUrl = Annotated[str, AfterValidator(_https)]
"""The address of a service over HTTPS."""

IpAddress = Annotated[str, AfterValidator(_ip_address)]
"""An IPv4 or IPv6 address; Talos's health check takes no host names."""

Image = Annotated[str, AfterValidator(_image)]
"""A container image with a fixed version."""
