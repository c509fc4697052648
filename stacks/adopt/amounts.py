"""Amounts as manifests have them, in the words of specs."""

import re
from math import ceil

from components.spec.cron import check
from components.spec.words import seconds

_SIZES = {
    "": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15,
    "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50,
}  # fmt: skip
_TIMES = {"us": 1e-6, "ms": 1e-3, "s": 1, "min": 60, "h": 3600, "d": 86400, "": 1}
_DESCRIPTORS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_FIVE, _SIX = 5, 6  # fields of a schedule


def duration(count: int) -> str:
    """Return seconds as a `Duration`, in the largest unit that holds them whole."""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if count and count % size == 0:
            return f"{count // size}{unit}"
    return f"{count}s"


def size(quantity: str) -> str | None:
    """Return an amount of bytes as a `Quantity`, rounded up to whole MiB; None if it is none."""
    found = re.fullmatch(r"([0-9]{1,15}(?:\.[0-9]{1,6})?)([kMGTP]i?|Ki|)", quantity)
    if found is None or found[2] not in _SIZES:
        return None
    count = float(found[1]) * _SIZES[found[2]]
    for unit in ("Pi", "Ti", "Gi"):
        if count >= _SIZES[unit] and count % _SIZES[unit] == 0:
            return f"{int(count) // _SIZES[unit]}{unit}"
    return f"{ceil(count / _SIZES['Mi'])}Mi" if count else None


def cpu(quantity: str) -> str | None:
    """Return an amount of CPU as a `Cpu`; None if it is none."""
    found = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,6})?)(m?)", quantity)
    if found is None:
        return None
    thousandths = ceil(float(found[1]) * (1 if found[2] else 1000))
    if not thousandths:
        return None
    return f"{thousandths}m" if thousandths % 1000 else str(thousandths // 1000)


def postgres_seconds(value: str) -> int | None:
    """Return a length of time as PostgreSQL reads it, a bare number in seconds; None if it is none.

    Zero switches `archive_timeout` off.
    """
    found = re.fullmatch(r"\s*([0-9]{1,10})\s*(us|ms|s|min|h|d|)\s*", value)
    return int(int(found[1]) * _TIMES[found[2]]) if found else None


def objective(archive_timeout: int, allowance: int, least: int) -> str:
    """Return the RPO that an `archive_timeout` keeps, with the time for an upload."""
    return duration(max(archive_timeout, least) + allowance)


def schedule(six: str) -> tuple[str | None, str]:
    """Return the five fields of a schedule, and what changes by them; None where it has no such.

    CloudNativePG reads six fields, of which the first is seconds, and takes five for the first
    five of them: `0 2 * * *` is minute 2 of each hour there (robfig/cron 1.2.0).
    """
    parts = six.split()
    said = ""
    if parts and "TZ=" in parts[0]:
        parts, said = parts[1:], "its time zone is left out, tier0's schedules are in UTC"
    if parts and parts[0] in _DESCRIPTORS:
        parts = ["0", *_DESCRIPTORS[parts[0]].split()]
    every = re.fullmatch(r"@every (\d+)h(?:0m)?(?:0s)?", " ".join(parts))
    if every and 0 < int(every[1]) < 24:  # noqa: PLR2004 - hours of a day
        parts, said = ["0", "0", f"*/{every[1]}", "*", "*", "*"], "from midnight on"
    if len(parts) == _FIVE:
        said = (
            f"'{six}' has five fields, of which CloudNativePG takes the first for seconds: it "
            "fires each hour; tier0 takes it for what cron would"
        )
    elif len(parts) == _SIX:
        if parts[0] != "0" and not said:
            said = f"second '{parts[0]}' is left out, tier0's schedules have minutes"
        parts = parts[1:]
    plain = " ".join(it.replace("?", "*") for it in parts)
    try:
        check(plain)
    except ValueError as error:
        return None, str(error)
    return plain, said


def longer(one: str, other: str) -> bool:
    """Tell whether a `Duration` is longer than another."""
    return seconds(one) > seconds(other)
