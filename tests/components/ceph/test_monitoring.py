"""Metrics of the Ceph cluster: Rook may have them read, and alerts have the labels to be found."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests import valid
from tests.support import declared


def _manifests(**changes: Any) -> Mapping[str, Mapping[str, Any]]:
    found = declared(valid.environment(**{"storage": valid.storage()} | changes)).manifests()
    return {f"{one['kind']} {one['metadata']['name']}": one for one in found}


def test_rook_may_create_what_prometheus_reads_whoever_installed_it() -> None:
    for operators in (None, valid.operators()):
        made = _manifests(monitored=True, operators=operators)
        assert made["CephCluster rook-ceph"]["spec"]["monitoring"] == {"enabled": True}
        # Rook's chart has a Role of its own, `rook-ceph-monitoring`, which may be there.
        (rule,) = made["Role tier0-ceph-monitoring"]["rules"]
        assert rule["apiGroups"] == ["monitoring.coreos.com"]
        assert rule["resources"] == ["servicemonitors"]
        assert {"get", "create", "update"} <= set(rule["verbs"])
        (subject,) = made["RoleBinding tier0-ceph-monitoring"]["subjects"]
        assert (subject["name"], subject["namespace"]) == ("rook-ceph-system", "rook-ceph")


def test_monitors_and_alerts_have_the_labels_that_prometheus_selects_by() -> None:
    labels = {"release": "prometheus"}
    made = _manifests(monitored=True, prometheus=valid.prometheus(labels=labels))
    assert made["CephCluster rook-ceph"]["spec"]["labels"] == {"monitoring": labels}
    assert made["PrometheusRule rook-ceph-alerts"]["metadata"]["labels"] == labels


def test_alerts_are_on_this_ceph_cluster_alone() -> None:
    storage = valid.storage(namespace="ceph", name="blue")
    made = _manifests(
        monitored=True, storage=storage, object_store=valid.object_store(namespace="ceph")
    )
    (group,) = made["PrometheusRule blue-alerts"]["spec"]["groups"]
    for rule in group["rules"]:
        metrics = re.findall(r"ceph_\w+{(\S*?)[,}]", rule["expr"])
        assert set(metrics) == {'namespace="ceph"'}, rule["expr"]


@pytest.mark.parametrize(
    ("monitored", "storage"),
    [(False, valid.storage()), (True, None), (True, valid.existing_ceph())],
)
def test_what_is_not_watched_needs_no_kind_of_prometheus(*, monitored: bool, storage: Any) -> None:
    made = _manifests(monitored=monitored, storage=storage)
    assert not {"PrometheusRule rook-ceph-alerts", "Role tier0-ceph-monitoring"} & made.keys()
    assert not {"monitoring", "labels"} & set(made.get("CephCluster rook-ceph", {}).get("spec", {}))
