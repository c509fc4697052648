"""Alerts on a Ceph cluster: what stops archives, or will.

The expressions use metrics of the manager's module `prometheus`, as the rules of Rook's chart do
(rook-ceph-cluster 1.17.9, prometheus/localrules.yaml), which has sixty more.
"""

from collections.abc import Mapping
from typing import Any

_QUORUM = "ceph_mon_quorum_status"


def alerts(namespace: str) -> list[Mapping[str, Any]]:
    """Return the rules of the PrometheusRule for the Ceph cluster in *namespace*.

    Where monitors lose their quorum all at once, metrics may stay as they were.
    """
    here = f'namespace="{namespace}"'

    def metric(name: str, *selectors: str) -> str:
        return f"{name}{{{','.join((here, *selectors))}}}"

    def health(checks: str) -> str:
        found = metric("ceph_health_detail", f'name=~"{checks}"')
        return f"max by (namespace) ({found}) > 0"

    def rule(
        alert: str, expression: str, says: str, lasting: str, severity: str = "critical"
    ) -> Mapping[str, Any]:
        return {
            "alert": f"Tier0Ceph{alert}",
            "expr": expression,
            "for": lasting,
            "labels": {"severity": severity},
            "annotations": {"summary": f"Ceph in {namespace}: {says}", "runbook": "docs/ceph.md"},
        }

    up = f"sum by (namespace) ({metric(_QUORUM)})"
    all_ = f"count by (namespace) ({metric(_QUORUM)})"
    return [
        rule(
            "NearlyFull",
            health("OSD_NEARFULL|OSD_BACKFILLFULL"),
            "a disk is nearly full; when one is full, nothing is archived",
            "5m",
            "warning",
        ),
        rule(
            "Full",
            health("OSD_FULL|POOL_FULL"),
            "a disk is full, so nothing is written or archived",
            "1m",
        ),
        rule(
            "DiskDown",
            f"min by (namespace, ceph_daemon) ({metric('ceph_osd_up')}) == 0",
            "{{ $labels.ceph_daemon }} is down",
            "10m",
            "warning",
        ),
        rule(
            "Degraded",
            health("PG_DEGRADED"),
            "copies of some data are missing for an hour",
            "1h",
            "warning",
        ),
        rule("Unavailable", health("PG_AVAILABILITY"), "some data is not available", "5m"),
        rule(
            "Quorum",
            f"{up} < {all_} and {up} <= floor({all_} / 2) + 1",
            "too few monitors are up; the next loss stops every read and write",
            "5m",
        ),
        rule(
            "Error",
            f"max by (namespace) ({metric('ceph_health_status')}) == 2",
            "it reports HEALTH_ERR",
            "5m",
        ),
        rule(
            "Unknown",
            f"absent({metric('ceph_health_status')})",
            "its health is unknown",
            "15m",
        ),
    ]
