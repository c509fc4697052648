"""What a Prometheus selects by: the labels of its objects and of their namespaces."""

import pytest

from components.monitoring import PrometheusSpec
from components.postgres import PoolerSpec
from tests import valid
from tests.support import declared

RELEASE = {"release": "kube-prometheus-stack"}
MONITORING = ("PodMonitor", "PrometheusRule")


def test_every_monitor_and_every_alert_has_the_labels_that_prometheus_selects_by() -> None:
    environment = valid.environment(
        monitored=True,
        offsite=valid.offsite(),
        databases={"n8n": valid.database(pooler=PoolerSpec())},
        prometheus=PrometheusSpec(labels=RELEASE),
    )
    found = [m["metadata"] for m in declared(environment).manifests() if m["kind"] in MONITORING]
    assert sorted(one["name"] for one in found) == [
        "n8n-postgres",
        "n8n-postgres",
        "n8n-postgres-drills",
        "n8n-postgres-offsite",
        "n8n-postgres-offsite",
        "n8n-postgres-pooler-rw",
        "n8n-postgres-watch",
        "tier0-certificates",
        "tier0-certificates",
    ]
    assert [one["labels"] for one in found] == [RELEASE] * len(found)


@pytest.mark.parametrize("prometheus", [None, PrometheusSpec()])
def test_without_labels_no_object_has_one(prometheus: PrometheusSpec | None) -> None:
    environment = valid.environment(monitored=True, offsite=valid.offsite(), prometheus=prometheus)
    found = [m["metadata"] for m in declared(environment).manifests() if m["kind"] in MONITORING]
    assert [one for one in found if "labels" in one] == []


def test_the_namespaces_of_databases_have_the_labels_that_prometheus_selects_them_by() -> None:
    labels = {"example.org/team": "data", "monitoring": ""}
    environment = valid.environment(
        databases={name: valid.database(name) for name in ("n8n", "shop")},
        prometheus=PrometheusSpec(namespace_labels=labels),
    )
    namespaces = {
        m["metadata"]["name"]: m["metadata"]["labels"]
        for m in declared(environment).manifests()
        if m["kind"] == "Namespace"
    }
    restricted = {"pod-security.kubernetes.io/enforce": "restricted"}
    assert namespaces.pop("tier0-drills") == restricted, "Prometheus finds nothing in it"
    assert namespaces == dict.fromkeys(("n8n-prod", "shop-prod"), labels | restricted)
