"""What the lab's Prometheus reads, out of the objects that the program declares."""

from tests import valid
from tests.support import declared
from tools.lab.operators import prometheus


def test_the_labs_prometheus_reads_the_whole_of_it() -> None:
    monitors = [
        m
        for m in declared(valid.every_choice()).manifests()
        if m["kind"] == "PodMonitor" and m["metadata"]["name"] == "orders"
    ]
    (job,) = [job for monitor in monitors for job in prometheus.jobs(dict(monitor))]
    (cluster,) = [r for r in job["relabel_configs"] if r.get("target_label") == "cnpg_io_cluster"]
    assert cluster["source_labels"] == ["__meta_kubernetes_pod_label_cnpg_io_cluster"]


def test_a_metrics_own_labels_win_where_a_monitor_says_so() -> None:
    monitors = {
        m["metadata"]["name"]: dict(m)
        for m in declared(valid.every_choice()).manifests()
        if m["kind"] == "PodMonitor"
    }
    honored = {
        name: job["honor_labels"]
        for name, monitor in monitors.items()
        for job in prometheus.jobs(monitor)
    }
    assert honored["tier0-certificates"] is True
    assert honored["orders"] is False
