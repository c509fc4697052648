"""Asks the chart repositories whether they still have what `components/charts.py` pins.

A repository may move without a redirect, a chart may be withdrawn, and a version is supported for
months. Whoever installs anew is the first to notice, in the middle of their first `up`.
"""

import datetime as dt
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from http.client import HTTPException
from typing import Any

import yaml

from components.charts import CHARTS, ROOK, Chart, Operator, rook
from tools import Fault

_SECONDS = 60
_QUARTER_DAYS = 92
_PLACE = "write it into components/charts.py"


PINS: Sequence[tuple[Operator, Chart]] = (
    *((operator, pin) for operator, pin in CHARTS.items() if operator != "rook"),
    *(("rook", rook(version)) for version in ROOK),
)
"""Every pin that an environment may choose."""


def missing(pins: Sequence[tuple[Operator, Chart]]) -> Iterator[Fault]:
    """Yield a fault for each repository that does not answer, and for each chart that it lacks."""
    for repository in dict.fromkeys(pin.repository for _, pin in pins):
        try:
            entries = _entries(repository)
        except Fault as fault:
            yield fault
            continue
        for operator, pin in pins:
            versions = [
                str(entry.get("version")).removeprefix("v")
                for entry in entries.get(pin.chart) or ()
            ]
            if pin.repository == repository and pin.chart_version.removeprefix("v") not in versions:
                newest = versions[0] if versions else "none"
                yield Fault(
                    operator,
                    f"{repository} has no chart {pin.chart} {pin.chart_version} (its newest is "
                    f"{newest})",
                    f"choose a version that is there, and {_PLACE}",
                )


def forgotten(pins: Sequence[tuple[Operator, Chart]], today: dt.date) -> Iterator[Fault]:
    """Yield a fault for each pin whose page nobody looked at for a quarter of a year.

    So long is it, at most, from one minor version of an operator to the next.
    """
    for operator, pin in pins:
        days = (today - dt.date.fromisoformat(pin.looked_at)).days
        if days > _QUARTER_DAYS:
            yield Fault(
                f"{operator} {pin.version}",
                f"nobody looked at it for {days} days",
                f"look at {pin.page}, and write what it says and the day into components/charts.py",
            )


def _entries(repository: str) -> Mapping[str, Any]:
    """Return the charts of a *repository* by name, each with its versions, the newest first."""
    address = f"{repository}/index.yaml"
    try:
        with urllib.request.urlopen(address, timeout=_SECONDS) as answer:  # noqa: S310 - a pin
            index = yaml.load(answer.read(), yaml.CSafeLoader)
    except urllib.error.HTTPError as error:
        raise Fault(
            address, f"it answers {error.code}", f"find the repository's new address, and {_PLACE}"
        ) from error
    except (OSError, HTTPException) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise Fault(
            address, f"it does not answer ({reason})", "run this again, or find its new address"
        ) from error
    except yaml.YAMLError as error:
        raise Fault(
            address, "it is not YAML", f"find the repository's new address, and {_PLACE}"
        ) from error
    entries = index.get("entries") if isinstance(index, dict) else None
    if not isinstance(entries, dict):
        raise Fault(
            address,
            "it is not the index of a chart repository",
            f"find the repository's new address, and {_PLACE}",
        )
    return entries
