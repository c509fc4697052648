"""Where alerts on drills are declared."""

from typing import Any

import pytest

from tests import valid
from tests.support import declared

DRILLS = {"PrometheusRule n8n-postgres-drills"}
DATABASE = {"PodMonitor n8n-postgres", "PrometheusRule n8n-postgres"}


def _names(**changes: Any) -> set[str]:
    found = declared(valid.environment(**changes)).manifests()
    return {f"{it['kind']} {it['metadata']['name']}" for it in found}


@pytest.mark.parametrize(
    ("changes", "has"),
    [
        ({}, set()),
        ({"monitored": True}, DRILLS | DATABASE),
        # Its CRDs are there, as the copy's alerts need them; who reads the database is unknown.
        ({"offsite": valid.offsite()}, DRILLS),
        ({"monitored": True, "disposable": True}, DATABASE),
    ],
)
def test_alerts_are_declared_where_a_prometheus_reads_what_they_measure(
    changes: dict[str, Any], has: set[str]
) -> None:
    assert _names(**changes) & (DRILLS | DATABASE) == has


def test_the_objectives_are_recorded_next_to_what_is_measured() -> None:
    found = declared(valid.environment(monitored=True)).manifests()
    (rule,) = [it for it in found if it["metadata"]["name"] == "n8n-postgres-drills"]
    (group,) = rule["spec"]["groups"]
    assert [it for it in group["rules"] if "record" in it] == [
        {"record": "tier0_rpo_seconds", "expr": "vector(300)", "labels": {"database": "n8n"}},
        {"record": "tier0_rto_seconds", "expr": "vector(900)", "labels": {"database": "n8n"}},
    ]
