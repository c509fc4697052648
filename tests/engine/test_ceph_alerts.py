"""Alerts on the Ceph cluster, as Prometheus itself evaluates them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from components.ceph.alerts import alerts
from tests.engine.rules import fires_alone

HERE = 'namespace="rook-ceph"'
HEALTHY = f"ceph_health_status{{{HERE}}}"


def _health(check: str) -> str:
    return f'ceph_health_detail{{{HERE},name="{check}"}}'


def _up(kind: str, daemon: str) -> str:
    return f'ceph_{kind}{{{HERE},ceph_daemon="{daemon}"}}'


def _rules() -> list[Mapping[str, Any]]:
    return [it.rule(None, disposable=False) for it in alerts("rook-ceph")]


WARN = {HEALTHY: "1x200"}
ALERTS = {
    # Alert: what is measured, when it has fired, when it has not yet, and its labels of the daemon.
    "NearlyFull": (WARN | {_health("OSD_NEARFULL"): "1x200"}, "6m", "4m", {}),
    "Full": (WARN | {_health("OSD_FULL"): "0 0 1x200"}, "4m", "2m", {}),
    "DiskDown": (
        WARN | {_up("osd_up", "osd.0"): "1x200", _up("osd_up", "osd.1"): "0x200"},
        "11m",
        "9m",
        {"ceph_daemon": "osd.1"},
    ),
    "Degraded": (WARN | {_health("PG_DEGRADED"): "1x200"}, "61m", "59m", {}),
    "Unavailable": (WARN | {_health("PG_AVAILABILITY"): "1x200"}, "6m", "4m", {}),
    "Quorum": (
        WARN
        | {
            _up("mon_quorum_status", f"mon.{name}"): f"{value}x200"
            for name, value in {"a": 1, "b": 1, "c": 0}.items()
        },
        "6m",
        "4m",
        {},
    ),
    "Error": ({HEALTHY: "2x200"}, "6m", "4m", {}),
    "Unknown": ({'ceph_health_status{namespace="other"}': "0x200"}, "16m", "14m", {}),
}


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_fires_for_its_fault_alone_and_not_before(alert: str, tmp_path: Path) -> None:
    rules = _rules()
    assert {one["alert"] for one in rules} == {f"Tier0Ceph{name}" for name in ALERTS}
    series, at, before, daemon = ALERTS[alert]
    labels = {"namespace": "rook-ceph"} | daemon
    group = {"name": "rook-ceph-alerts", "rules": rules}
    said = fires_alone(
        [group], f"Tier0Ceph{alert}", series, at=at, before=before, labels=labels, folder=tmp_path
    )
    assert not said, said


@pytest.mark.parametrize(
    ("monitors", "fault"),
    [
        ({"a": 1}, False),
        ({"a": 1, "b": 1, "c": 1}, False),
        ({"a": 1, "b": 1, "c": 1, "d": 1, "e": 0}, False),
        ({"a": 1, "b": 1, "c": 1, "d": 0, "e": 0}, True),
        ({"a": 1, "b": 0, "c": 0}, True),
    ],
)
def test_a_monitor_less_is_an_alert_once_the_next_loss_stops_the_cluster(
    monitors: dict[str, int], *, fault: bool, tmp_path: Path
) -> None:
    series = WARN | {
        _up("mon_quorum_status", f"mon.{name}"): f"{value}x200" for name, value in monitors.items()
    }
    said = fires_alone(
        [{"name": "rook-ceph-alerts", "rules": _rules()}],
        "Tier0CephQuorum",
        series,
        at="6m",
        before="4m",
        labels={"namespace": "rook-ceph"},
        folder=tmp_path,
    )
    assert bool(said) is not fault, said
