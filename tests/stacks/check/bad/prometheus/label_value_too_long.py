"""prometheus.labels.release: 'rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr' has 64 characters; write at most 63 [label-value-is-short]"""

from tests.valid import environment, prometheus

ENVIRONMENT = environment(prometheus=prometheus(labels={"release": "r" * 64}))
