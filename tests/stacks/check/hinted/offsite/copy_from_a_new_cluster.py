"""offsite: a copy creates a PodMonitor and a PrometheusRule, which a new cluster does not know; install the Prometheus operator first [offsite-alerts-have-prometheus]"""

from tests.valid import environment, offsite, tofu

ENVIRONMENT = environment(bootstrap=tofu(), offsite=offsite())
