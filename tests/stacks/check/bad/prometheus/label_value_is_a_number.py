"""prometheus.labels.tier: 0 is an int; write text in quotes"""

from tests.valid import environment, prometheus

ENVIRONMENT = environment(prometheus=prometheus(labels={"tier": 0}))
