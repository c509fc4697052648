"""prometheus: without labels metrics and alerts are never loaded by kube-prometheus-stack as it comes; write PrometheusSpec(labels={'release': '<its release>'}), or PrometheusSpec() where Prometheus selects every object [prometheus-selects-monitors]"""

from tests.valid import environment

ENVIRONMENT = environment(monitored=True)
