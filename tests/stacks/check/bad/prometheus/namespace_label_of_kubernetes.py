"""prometheus.namespace_labels.kubernetes.io/metadata.name: 'kubernetes.io/metadata.name' is written by the API server; select by it without a label here [namespace-label-is-free]"""

from tests.valid import environment, prometheus

ENVIRONMENT = environment(
    prometheus=prometheus(namespace_labels={"kubernetes.io/metadata.name": "n8n"})
)
