"""prometheus.labels.release: 'monitoring/prometheus' is not a label's value; write letters, digits, '-', '_' and '.', first and last a letter or digit [label-value-is-short]"""

from tests.valid import environment, prometheus

ENVIRONMENT = environment(prometheus=prometheus(labels={"release": "monitoring/prometheus"}))
