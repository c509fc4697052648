"""How far other clocks are from this node's, as far as an answer shows it for certain."""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any


def ahead(asked: float, answered: float, first: float, last: float) -> float:
    """Return by how many seconds a clock is ahead of this one, at least; negative: behind.

    It showed a time from *first* to *last* at a moment between *asked* and *answered*, which are
    this clock's. 0 where both may agree: a slow node or network hides a difference, and makes none.
    """
    return first - answered if first > answered else min(0.0, last - asked)


def dated(answer: Mapping[str, Any], asked: float, answered: float) -> float | None:
    """Return the same of a store, by the Date of its *answer* through boto3; None without one.

    A Date has whole seconds (RFC 9110, 5.6.7).
    """
    said = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    try:
        date = parsedate_to_datetime(said).timestamp() if said else None
    except (ValueError, OverflowError):
        return None
    return None if date is None else ahead(asked, answered, date, date + 1)
