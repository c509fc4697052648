"""prometheus.labels.'': '' is not a label's key; write letters, digits, '-', '_' and '.', first and last a letter or digit [label-key-is-qualified]"""

from tests.valid import environment, prometheus

ENVIRONMENT = environment(prometheus=prometheus(labels={"": "prometheus"}))
