"""offsite: a copy makes a PodMonitor and a PrometheusRule, which a new cluster does not know; install Prometheus's operator first [offsite-alerts-have-prometheus]"""

from tests.valid import environment, offsite, tofu

ENVIRONMENT = environment(bootstrap=tofu(), offsite=offsite())
