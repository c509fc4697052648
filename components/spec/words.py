"""The vocabulary of specs.

Words are strings with one meaning each, so that a fault can name its fix. The rules of names and of
addresses are in names.py and addresses.py, those of all others here.
"""

import datetime as dt
import math
import re
from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import AfterValidator

from components.spec import cron
from components.spec.addresses import (
    PORT,
    address_is_https,
    address_is_ip,
    normal_address,
    normal_range,
    normal_url,
    range_is_cidr,
)
from components.spec.names import (
    bucket_name_is_valid,
    bucket_path_is_plain,
    cluster_name_is_valid,
    host_name_is_dns_name,
    identifier_is_usable,
    label_key_is_qualified,
    label_value_is_short,
    name_is_dns_label,
    node_name_is_dns_subdomain,
    secret_key_is_valid,
    service_name_is_dns_label,
    snapshot_name_is_dns_subdomain,
    store_name_is_short,
)
from components.spec.rule import Fault, obeys, rule

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DAYS = {"d": 1, "w": 7, "m": 31}
_CENTURY_DAYS = 36500
_RATES = {"kB/s": 10**3, "MB/s": 10**6, "GB/s": 10**9}
_BYTES = {"Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50}

# The largest number of the shell, and quantity of Kubernetes, which caps a larger one silently
# (resource.Quantity).
INT64_MOST = 2**63 - 1

# The largest number of a field of type int32, and of PostgreSQL's integer.
INT32_MOST = 2**31 - 1

_LONGEST_NUMBER = 18  # digits of a number that is surely below 2**63


def seconds(duration: str) -> int:
    """Return the length of a `Duration` in seconds."""
    return int(duration[:-1]) * _SECONDS[duration[-1]]


_RETENTION = re.compile(r"[1-9][0-9]{0,11}[dwm]")


def retention_days(retention: str) -> int:
    """Return a `Retention` in days; a month counts 31, as in barman."""
    return int(retention[:-1]) * _DAYS[retention[-1]]


def is_retention(text: str) -> bool:
    """Tell whether a text, like one of an object that exists, is a `Retention`."""
    return _RETENTION.fullmatch(text) is not None


def size_bytes(quantity: str) -> int:
    """Return a `Quantity` in bytes."""
    return int(quantity[:-2]) * _BYTES[quantity[-2:]]


def rate_bytes(rate: str) -> int:
    """Return a `Rate` in bytes each second."""
    return int(rate[:-4]) * _RATES[rate[-4:]]


_REFERENCE = re.compile(
    rf"(([A-Za-z0-9][-.A-Za-z0-9]*|\[[0-9A-Fa-f:]+\])(:{PORT})?/)?[a-z0-9]+([._/-]+[a-z0-9]+)*"
    r"(:[A-Za-z0-9_][-.A-Za-z0-9_]{0,127})?(@sha256:[0-9a-f]{64})?"
)


@rule("value", was="T102")
def schedule_is_valid_cron(value: str) -> Iterator[Fault]:
    """A schedule is five cron fields that fire some day.

    CloudNativePG reads six, seconds first: `0 2 * * *` is every hour there, with only a warning
    (scheduledbackup_webhook.go, v1.30.0); one homelab had 7,537 Backup objects of a "daily" one.
    """
    try:
        cron.check(value)
    except ValueError as error:
        yield Fault(str(error))


@rule("value", was="T103")
def duration_has_unit(value: str) -> Iterator[Fault]:
    """A duration is a whole number and s, m, h or d.

    Go's format, which the operators read, has no days; a bare number would be seconds for
    PostgreSQL and nanoseconds for Go, whose durations end after 292 years.
    """
    if not re.fullmatch(r"[1-9][0-9]{0,11}[smhd]", value):
        yield Fault(
            f"'{value}' is not a duration; write a whole number and s, m, h or d, like '5m'"
        )
    elif seconds(value) > _CENTURY_DAYS * _SECONDS["d"]:
        yield Fault(f"'{value}' is longer than a hundred years; use a shorter one")


@rule("value", was="T104")
def size_has_binary_unit(value: str) -> Iterator[Fault]:
    """A size is a whole number of binary units.

    '10G' is 7 % less than '10Gi', and '10m' ten thousandths of a byte (Kubernetes, "Quantity").
    Kubernetes counts to 2**63 - 1 bytes.
    """
    if not re.fullmatch(r"[1-9][0-9]*(Mi|Gi|Ti|Pi)", value):
        yield Fault(
            f"'{value}' is not a size; write a whole number and Mi, Gi or Ti, like "
            f"'{_meant_size(value) or '10Gi'}'"
        )
    elif len(value) > _LONGEST_NUMBER + 2 or size_bytes(value) > INT64_MOST:
        yield Fault(f"'{value}' is more than Kubernetes counts; write at most '8191Pi'")


@rule("value")
def rate_has_unit(value: str) -> Iterator[Fault]:
    """A rate is a whole number and kB/s, MB/s or GB/s.

    Megabytes are 1,000,000 bytes, as tools that measure rates print them; 'Mb/s' are bits.
    """
    if not re.fullmatch(r"[1-9][0-9]{0,5}[kMG]B/s", value):
        yield Fault(f"'{value}' is not a rate; write a whole number and MB/s, like '5MB/s'")


def _meant_size(value: str) -> str | None:
    """Return the size that *value* means in other units; None if it says none."""
    found = re.fullmatch(r"([0-9]{1,18}(?:\.[0-9]{1,9})?) ?([kmgtp]?)(i?b?)", value.lower())
    if found is None:
        return None
    binary = f"{found[2].upper()}i"
    if binary in _BYTES and not re.search(r"\.|^0", found[1]):
        return f"{found[1]}{binary}"
    size = float(found[1]) * {"": 1, "k": 2**10}.get(found[2], _BYTES.get(binary, 1))
    if not found[2] and 1 <= size < _BYTES["Mi"]:
        return f"{size:.0f}Gi"  # hardly bytes
    for unit, least in reversed(_BYTES.items()):
        if size and size % least == 0:
            return f"{size / least:.0f}{unit}"
    return f"{math.ceil(size / _BYTES['Mi'])}Mi" if size else None


@rule("value", was="T105")
def retention_has_unit(value: str) -> Iterator[Fault]:
    """A retention is a whole number of days, weeks or months.

    The CRDs accept only this pattern (barman-cloud objectstore_types.go). Barman calculates with
    Python's dates, which end with the year 9999.
    """
    if not _RETENTION.fullmatch(value):
        yield Fault(
            f"'{value}' is not a retention; write a whole number and d, w or m (days, weeks, "
            "months), like '30d'"
        )
    elif retention_days(value) > _CENTURY_DAYS:
        yield Fault(f"'{value}' is longer than a hundred years; use a shorter one")


@rule("value", was="T107")
def image_is_pinned(value: str) -> Iterator[Fault]:
    """An image names its version by a tag other than `latest`, or by a digest.

    Without a fixed version a restarted pod may run another PostgreSQL than its data directory
    needs. A node never pulls an invalid name (InvalidImageName; distribution/reference, grammar).
    """
    name, _, tag = value.rpartition(":")
    if not name or "/" in tag or tag == "latest":
        bare = name if tag == "latest" else value
        yield Fault(
            f"'{value}' names no fixed version; write '{bare}:<tag>' or '{bare}@sha256:<digest>'"
        )
    elif not _REFERENCE.fullmatch(value):
        yield Fault(f"'{value}' is not an image; write '<registry>/<name>:<tag>'")


@rule("value", was="T115")
def date_is_valid(value: str) -> Iterator[Fault]:
    """A date is year, month and day.

    It is in ISO 8601 format; '01/02/2027' means two different days.
    """
    try:
        found = dt.date.fromisoformat(value)
    except ValueError:
        found = None
    if found is None or found.isoformat() != value:
        yield Fault(f"'{value}' is not a date; write year, month and day, like '2027-01-31'")


@rule("value")
def moment_has_time_zone(value: str) -> Iterator[Fault]:
    """A moment is a time with its zone, and it has passed.

    CloudNativePG reads one without a zone as UTC (machinery v0.5.0, ParseTargetTime), whatever was
    meant, and PostgreSQL ends a recovery to a moment that no transaction reached with an error.
    """
    try:
        found = dt.datetime.fromisoformat(value)
        if found.tzinfo is None:
            yield Fault(f"'{value}' has no time zone; write one, like '{value}+00:00'")
        elif found.astimezone(dt.UTC) > dt.datetime.now(dt.UTC):
            yield Fault(f"'{value}' is in the future; write a moment that has passed")
    except (ValueError, OverflowError):
        yield Fault(f"'{value}' is not a moment; write one like '2026-11-30T10:00:00+00:00'")


def utc_moment(value: str) -> str:
    """Return a `Moment` in UTC with microseconds, the one form that all readers take."""
    return dt.datetime.fromisoformat(value).astimezone(dt.UTC).isoformat(timespec="microseconds")


@rule("value")
def backup_id_is_barmans(value: str) -> Iterator[Fault]:
    """The ID of a base backup is the moment that it began, as Barman writes it.

    barman-cloud-backup names each by `strftime('%Y%m%dT%H%M%S')` (cloud.py), and looks one up
    by this name.
    """
    if not re.fullmatch(r"[0-9]{8}T[0-9]{6}", value):
        yield Fault(f"'{value}' is not the ID of a base backup; write one like '20261130T020000'")


@rule("value")
def reason_is_given(value: str) -> Iterator[Fault]:
    """A reason has at least two words.

    Who reads it later was not there.
    """
    if len(value.split()) < 2:  # noqa: PLR2004 - one word is none
        yield Fault(f"'{value}' is not a reason; write in some words why")


@rule("value", was="T117")
def postgres_image_names_version(value: str) -> Iterator[Fault]:
    """PostgreSQL's image has a tag that begins with its version.

    CloudNativePG reads the version from the tag, and its webhook refuses a digest alone and any
    other tag (cluster_webhook.go, validateImageName, v1.30.0).
    """
    if not re.search(r":[0-9][^/:]*$", value.partition("@")[0]):
        yield Fault(
            f"'{value}' does not name PostgreSQL's version; write a tag that begins with it, like "
            "'17.6-system-trixie', also before a digest"
        )


@rule("value", was="T209")
def cpu_is_cores_or_millicores(value: str) -> Iterator[Fault]:
    """An amount of CPU is a whole number of cores or millicores.

    '0.5' and '500m' are the same amount, and the API server rewrites the former: a difference in
    every preview (Kubernetes, "Quantity"). No node has a million cores.
    """
    if not re.fullmatch(r"[1-9][0-9]*m?", value):
        yield Fault(
            f"'{value}' is not an amount of CPU; write whole cores like '2', or millicores like "
            "'500m'"
        )
    elif not re.fullmatch(r"[0-9]{1,6}|[0-9]{1,9}m", value):
        yield Fault(f"'{value}' is more than a node has; write whole cores like '2'")


@rule("value")
def port_exists(value: int) -> Iterator[Fault]:
    """A port is 1 to 65535.

    A packet has 16 bits for it (RFC 9293, 3.1), and the API server refuses others.
    """
    if not 1 <= value <= 65535:  # noqa: PLR2004 - the bits of a packet
        yield Fault(f"{value} is no port; write 1 to 65535")


@rule("value")
def list_says_something(value: Sequence[object]) -> Iterator[Fault]:
    """A list that must say something has an entry.

    Without one what it belongs to would have no effect, or any.
    """
    if not value:
        yield Fault("is empty; write at least one, or leave out what it belongs to")


Name = Annotated[str, obeys(name_is_dns_label)]
"""A Kubernetes object's name (DNS-1123 label)."""

ClusterName = Annotated[str, obeys(cluster_name_is_valid)]
"""A database cluster's name, with room for the suffix of a later generation."""

ServiceName = Annotated[str, obeys(service_name_is_dns_label)]
"""A Service's name (DNS-1035 label)."""

StoreName = Annotated[str, obeys(store_name_is_short)]
"""A Rook object store's name."""

BucketName = Annotated[str, obeys(bucket_name_is_valid)]
"""An S3 bucket's name, in the subset that is also a host name."""

BucketPath = Annotated[str, obeys(bucket_path_is_plain)]
"""Folders inside of an S3 bucket, without a slash at either end."""

NodeName = Annotated[str, obeys(node_name_is_dns_subdomain)]
"""A Kubernetes node's name (DNS-1123 subdomain)."""

HostName = Annotated[str, obeys(host_name_is_dns_name)]
"""A server's DNS name."""

Identifier = Annotated[str, obeys(identifier_is_usable)]
"""The name of a PostgreSQL database or role."""

SecretKey = Annotated[str, obeys(secret_key_is_valid)]
"""A key in a Secret's data."""

LabelKey = Annotated[str, obeys(label_key_is_qualified)]
"""The key of a Kubernetes label."""

LabelValue = Annotated[str, obeys(label_value_is_short)]
"""The value of a Kubernetes label."""

Schedule = Annotated[str, obeys(schedule_is_valid_cron)]
"""A standard cron expression in UTC: minute hour day month weekday."""

Duration = Annotated[str, obeys(duration_has_unit)]
"""A length of time: a whole number and s, m, h or d."""

Quantity = Annotated[str, obeys(size_has_binary_unit)]
"""A size in binary units: a whole number and Mi, Gi, Ti or Pi."""

Rate = Annotated[str, obeys(rate_has_unit)]
"""Bytes each second: a whole number and kB/s, MB/s or GB/s."""

Cpu = Annotated[str, obeys(cpu_is_cores_or_millicores)]
"""An amount of CPU: whole cores, or millicores."""

Retention = Annotated[str, obeys(retention_has_unit)]
"""How far back recovery must reach: a whole number and d, w or m, as the barman plugin reads it."""

HttpsUrl = Annotated[str, obeys(address_is_https), AfterValidator(normal_url)]
"""The HTTPS address of a service, in lower case and without a slash at its end."""

IpAddress = Annotated[str, obeys(address_is_ip), AfterValidator(normal_address)]
"""An IPv4 or IPv6 address, in its shortest form."""

IpRange = Annotated[str, obeys(range_is_cidr), AfterValidator(normal_range)]
"""A range of IPv4 or IPv6 addresses in CIDR notation, in its shortest form."""

Port = Annotated[int, obeys(port_exists)]
"""A TCP port."""

Date = Annotated[str, obeys(date_is_valid)]
"""A day: year, month and day, in ISO 8601 format."""

Moment = Annotated[str, obeys(moment_has_time_zone), AfterValidator(utc_moment)]
"""A moment that has passed, with its time zone, in ISO 8601 format."""

BackupId = Annotated[str, obeys(backup_id_is_barmans)]
"""The ID of a base backup, as `window` lists it."""

SnapshotName = Annotated[str, obeys(snapshot_name_is_dns_subdomain)]
"""A VolumeSnapshot's name (DNS-1123 subdomain)."""

Reason = Annotated[str, obeys(reason_is_given)]
"""Why something is done, in some words."""

Image = Annotated[str, obeys(image_is_pinned)]
"""A container image with a fixed version."""

PostgresImage = Annotated[Image, obeys(postgres_image_names_version)]
"""A PostgreSQL image, with the version in its tag."""
