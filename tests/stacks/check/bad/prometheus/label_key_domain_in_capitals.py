"""prometheus.labels.Example.org/team: 'Example.org' is not the domain of a label's key; write one like 'example.org' [label-key-is-qualified]"""

from tests.valid import environment, prometheus

ENVIRONMENT = environment(prometheus=prometheus(labels={"Example.org/team": "x"}))
