"""Alerts on a replica at a second site, as Prometheus itself evaluates them."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from components.postgres.site_watch import alerts
from tests import valid
from tests.engine.rules import tells

UNTIL = 'tier0_site_replayed_until_timestamp_seconds{database="n8n",namespace="n8n-prod"}'
FAILED = 'tier0_site_failed{database="n8n",namespace="n8n-prod"}'
RULES = [
    it.rule("n8n", disposable=False)
    for it in alerts("n8n", valid.following(), valid.site(min_apply_delay="30m"))
]
MINUTES = 120


def _fired(name: str, *, here: bool = True) -> dict[str, str]:
    labels = {"alertname": f"Tier0{name}", "database": "n8n", "severity": "critical"}
    return labels | ({"namespace": "n8n-prod"} if here else {})


def _series(value: Callable[[int], float | None]) -> Sequence[float | None]:
    return [value(minute) for minute in range(MINUTES)]


def test_a_replica_that_follows_with_its_delay_fires_nothing(tmp_path: Path) -> None:
    series = {UNTIL: _series(lambda minute: (minute - 35) * 60), FAILED: _series(lambda _: 0)}
    assert tells(RULES, series, {39: [], 119: []}, folder=tmp_path) == ""


def test_what_lacks_wal_for_longer_than_its_delay_is_late_until_it_has_it(tmp_path: Path) -> None:
    series = {
        UNTIL: _series(lambda minute: 600 if minute < 80 else minute * 60),
        FAILED: _series(lambda _: 0),
    }
    firing = {49: [], 52: [_fired("SiteLate")], 82: []}
    assert tells(RULES, series, firing, folder=tmp_path) == ""


@pytest.mark.parametrize("away", ["pod", "store"])
def test_what_does_not_tell_is_unknown(away: str, tmp_path: Path) -> None:
    series = {
        UNTIL: _series(lambda minute: None if away == "pod" and minute >= 10 else minute * 60),
        FAILED: _series(lambda minute: float(away == "store" and minute >= 10)),
    }
    fired = _fired("SiteUnknown", here=away == "store")
    assert tells(RULES, series, {18: [], 25: [fired]}, folder=tmp_path) == ""
