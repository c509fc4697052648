"""Backup schedules: standard five-field cron, converted to CloudNativePG's six fields.

CloudNativePG parses with robfig/cron v1.2.0, whose first field is seconds: the five fields `0 2 * *
*` mean "every hour at :02" there, with only a warning (scheduledbackup_webhook.go, v1.30.0). Specs
have minute hour day month weekday, and the seconds are added.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice, pairwise, takewhile
from typing import NamedTuple

from cronsim import CronSim, CronSimError


class _Field(NamedTuple):
    name: str
    lowest: int
    highest: int


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day", 1, 31),
    _Field("month", 1, 12),
    _Field("weekday", 0, 6),
)
_WORDS = " ".join(field.name for field in _FIELDS)
_DESCRIPTORS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_ITEM = re.compile(r"(?:(\*)|(\d{1,2})(?:-(\d{1,2}))?)(?:/(\d{1,2}))?", re.ASCII)


def check(schedule: str) -> None:
    """Raise ValueError (`fault; fix`) unless *schedule* is five fields that fire."""
    parts = schedule.split()
    if schedule in _DESCRIPTORS:
        raise ValueError(f"'{schedule}' is a descriptor; write '{_DESCRIPTORS[schedule]}'")
    if parts and "TZ=" in parts[0]:
        raise ValueError(f"'{schedule}' names a time zone; write only the fields, in UTC")
    if len(parts) == len(_FIELDS) + 1:
        raise ValueError(
            f"'{schedule}' has 6 fields; leave the seconds out: '{' '.join(parts[1:])}'"
        )
    if len(parts) != len(_FIELDS):
        count = f"{len(parts)} field{'' if len(parts) == 1 else 's'}"
        raise ValueError(f"'{schedule}' has {count}; write {_WORDS}")
    for field, text in zip(_FIELDS, parts, strict=True):
        items = text.split(",")
        # Parsers disagree on the meaning of a star in a list for "day or weekday".
        if len(items) > 1 and any(item.startswith("*") for item in items):
            raise ValueError(f"'{schedule}' has '{text}' as {field.name}; write '*' or '*/n' alone")
        for item in items:
            _check_item(schedule, field, item)
    if not fires(schedule, datetime(2024, 1, 1, tzinfo=UTC), 1):
        raise ValueError(f"'{schedule}' never fires; write a day that its month has")


def _check_item(schedule: str, field: _Field, item: str) -> None:
    match = _ITEM.fullmatch(item)
    # robfig reads 'N/step' as 'N-max/step', and others refuse it: it is not allowed here.
    if not match or (match[4] and not match[1] and not match[3]):
        raise ValueError(
            f"'{schedule}' has '{item}' as {field.name}; write a number, a range a-b, '*' or '*/n'"
        )
    numbers = [int(number) for number in match.group(2, 3) if number]
    if field.name == "weekday" and numbers[-1:] == [7]:
        days = _range(numbers[0], 6) + ",0" if match[3] and numbers[0] < numbers[1] else "0"
        raise ValueError(f"'{schedule}' has weekday 7; write '{days}', as Sunday is 0")
    if any(not field.lowest <= number <= field.highest for number in numbers):
        raise ValueError(
            f"'{schedule}' has '{item}' as {field.name}; write {field.lowest} to {field.highest}"
        )
    if match[3] and numbers[0] >= numbers[1]:
        first, last = numbers
        around = [_range(first, field.highest), _range(field.lowest, last)]
        meant = "a list of numbers" if match[4] else f"'{','.join(around)}'"
        if first == last:
            meant = f"'{first}'"
        raise ValueError(f"'{schedule}' has '{item}' as {field.name}; write {meant}")
    if match[4] and not 1 <= int(match[4]) <= field.highest:
        raise ValueError(
            f"'{schedule}' has '{item}' as {field.name}; write a step of 1 to {field.highest}"
        )


def _range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def six_fields(schedule: str) -> str:
    """Return *schedule* as CloudNativePG reads it, seconds first."""
    return f"0 {schedule}"


def fires(schedule: str, after: datetime, count: int) -> list[datetime]:
    """Return the next *count* fire times after *after*; fewer if it never fires again."""
    return list(islice(_fires(schedule, after), count))


def fires_within(schedule: str, after: datetime, span: timedelta) -> int:
    """Return how often it fires in *span* after *after*; of more than 1441 times, 1441."""
    times = takewhile(lambda time: time <= after + span, _fires(schedule, after))
    return sum(1 for _ in islice(times, 1441))


def fires_a_year(schedule: str) -> int:
    """Return how often it fires in a year of 365 days; at least once.

    The times of a day and the days of a year are counted apart: a million fires take too long.
    """
    minute, hour, *days = schedule.split()
    start = datetime(2024, 12, 31, 23, 59, tzinfo=UTC)
    a_day = fires_within(f"{minute} {hour} * * *", start, timedelta(days=1))
    return a_day * max(fires_within(f"0 0 {' '.join(days)}", start, timedelta(days=365)), 1)


def _fires(schedule: str, after: datetime) -> Iterator[datetime]:
    """Yield the fire times after *after*, in UTC.

    The operator's clock decides, and its container runs in UTC. Its parser looks five years ahead
    and gives up (robfig/cron v1.2.0, SpecSchedule.Next).
    """
    last = after.astimezone(UTC)
    try:
        for time in CronSim(schedule, last):
            if time.year > last.year + 5:
                return
            yield time
            last = time
    except CronSimError:
        pass  # cronsim raises this if a schedule never fires


def longest_gap(schedule: str) -> timedelta:
    """Return the longest time between two fires, over five years."""
    return max(_gaps(schedule))


def shortest_gap(schedule: str) -> timedelta:
    """Return the shortest time between two fires, over five years."""
    return min(_gaps(schedule))


def _gaps(schedule: str) -> set[timedelta]:
    """Return the times between two fires.

    The times of a day and the days are counted apart: a pause of a weekend, or of a season, comes
    after more fires than can be gone through.
    """
    minute, hour, *rest = schedule.split()
    times, days = _until(f"{minute} {hour} * * *", 1), _until(f"0 0 {' '.join(rest)}", 5 * 366)
    night = min(times) - max(times)
    return {
        *(later - earlier for earlier, later in pairwise(times)),
        *(later - earlier + night for earlier, later in pairwise(days)),
    }


@cache
def _until(schedule: str, days: int) -> tuple[datetime, ...]:
    """Return the fires of so many days; those of all days are the same for many schedules."""
    start = datetime(2023, 12, 31, 23, 59, tzinfo=UTC)
    most = timedelta(days=days)
    return tuple(takewhile(lambda at: at - start <= most, _fires(schedule, start)))
