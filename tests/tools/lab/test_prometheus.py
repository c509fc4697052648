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
