"""prometheus.labels.example.org/team/db: 'example.org/team' is not the domain of a label's key; write one like 'example.org' [label-key-is-qualified]"""

from tests.valid import environment, prometheus

ENVIRONMENT = environment(prometheus=prometheus(labels={"example.org/team/db": "x"}))
