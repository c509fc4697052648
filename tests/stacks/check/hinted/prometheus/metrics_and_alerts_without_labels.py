"""prometheus: without labels the alerts of the copies are never loaded by kube-prometheus-stack as it comes; write PrometheusSpec(labels={'release': '<its release>'}), or PrometheusSpec() where Prometheus selects every object [prometheus-selects-monitors]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(monitored=True, offsite=offsite())
