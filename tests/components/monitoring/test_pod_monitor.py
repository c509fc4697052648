"""What Prometheus reads of a database and of its pool."""

from stacks.check import load
from tests import valid
from tests.support import declared


def test_metrics_say_which_cluster_they_are_of_where_prometheus_is() -> None:
    monitors = {
        m["metadata"]["name"]: m["spec"]
        for m in declared(valid.every_choice()).manifests()
        if m["kind"] == "PodMonitor"
    }
    instances = monitors["orders"]
    assert instances["selector"]["matchLabels"] == {
        "cnpg.io/cluster": "orders",
        "cnpg.io/podRole": "instance",
    }
    assert instances["podTargetLabels"] == ["cnpg.io/cluster"]
    pool = monitors["orders-pooler-rw"]
    assert pool["selector"]["matchLabels"] == {"cnpg.io/poolerName": "orders-pooler-rw"}
    assert [m for m in declared(load("homelab")).manifests() if m["kind"] == "PodMonitor"] == []
