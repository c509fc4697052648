"""How figures of a drill are written for people."""

from datetime import UTC, datetime

NOTHING = "\N{EN DASH}"
"""What stands where nothing was found."""

_TENTHS_BELOW = 9.95


def duration(seconds: float) -> str:
    """Return a length of time in its two largest units; below ten seconds with a tenth."""
    if seconds < 0:
        return f"-{duration(-seconds)}"
    if 0 < seconds < _TENTHS_BELOW and round(seconds, 1) != int(seconds):
        return f"{seconds:.1f} s"
    days, rest = divmod(round(seconds), 86400)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (rest, "s")]
    first = next((i for i, (number, _) in enumerate(parts) if number), len(parts) - 1)
    said = [f"{number} {unit}" for number, unit in parts[first : first + 2] if number]
    return " ".join(said) or "0 s"


def moment(said: str | None) -> str:
    """Return an ISO 8601 time as `2026-11-30 03:24 UTC`; another text as it is, None as unknown."""
    if not said:
        return "unknown"
    try:
        found = datetime.fromisoformat(said)
        utc = found.astimezone(UTC) if found.tzinfo else found
    except (ValueError, OverflowError):
        return said
    return f"{utc:%Y-%m-%d %H:%M} UTC"


def found_value(value: str | float | bool | None) -> str:  # noqa: FBT001 - it is what is printed
    """Return what a proof has found, or was compared with."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    return value
