"""Where instances run is declared as far as it has words."""

from typing import Any

import pytest

from components.postgres import PlacementSpec
from stacks.check import judged
from tests.stacks.adopt.cases import adopted, cluster, said

HOST, ZONE = "kubernetes.io/hostname", "topology.kubernetes.io/zone"


def _spread(key: str, when: str = "DoNotSchedule", **more: Any) -> dict[str, Any]:
    return {"maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": when} | more


def _required(*expressions: dict[str, Any]) -> dict[str, Any]:
    terms = [{"matchExpressions": list(expressions)}]
    return {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}


def _of(**spec: Any) -> tuple[PlacementSpec, str]:
    made = adopted(cluster(**spec))
    return judged(made.environment).databases["orders"].placement, said(made, "kept out")


def test_spreads_over_zones_and_nodes_have_words() -> None:
    spreads = [_spread(HOST), _spread(ZONE, "ScheduleAnyway", labelSelector={"matchLabels": {}})]
    found, kept_out = _of(topologySpreadConstraints=spreads)
    assert (found.zones, found.anti_affinity, kept_out) == ("preferred", "preferred", "")


@pytest.mark.parametrize(
    "spread", [_spread("rack"), _spread(ZONE, minDomains=2), _spread(ZONE, maxSkew=2)]
)
def test_another_spread_is_said(spread: dict[str, Any]) -> None:
    found, kept_out = _of(topologySpreadConstraints=[spread])
    assert found.zones is None
    assert "spec.topologySpreadConstraints[0]: has no word; `zones` spreads" in kept_out


def test_labels_that_nodes_must_have_become_a_selector() -> None:
    node = {"key": "disk", "operator": "In", "values": ["fast"]}
    found, kept_out = _of(affinity={"nodeAffinity": _required(node), "nodeSelector": {"a": "b"}})
    assert (dict(found.node_selector), kept_out) == ({"disk": "fast", "a": "b"}, "")


@pytest.mark.parametrize(
    "affinity",
    [
        _required({"key": "disk", "operator": "In", "values": ["fast", "slow"]}),
        _required({"key": "disk", "operator": "Exists"}),
        _required({"key": "disk", "operator": "In", "values": ["${DISK}"]}),
        {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{}, {}]}},
    ],
)
def test_another_affinity_is_said(affinity: dict[str, Any]) -> None:
    found, kept_out = _of(affinity={"nodeAffinity": affinity})
    assert not found.node_selector
    assert "has no word; node_selector has labels with one value each" in kept_out
