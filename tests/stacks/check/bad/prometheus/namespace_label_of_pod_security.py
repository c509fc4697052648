"""prometheus.namespace_labels.pod-security.kubernetes.io/enforce: 'pod-security.kubernetes.io/enforce' is written by tier0; leave it out [namespace-label-is-free]"""

from tests.valid import environment, prometheus

ENVIRONMENT = environment(
    prometheus=prometheus(namespace_labels={"pod-security.kubernetes.io/enforce": "baseline"})
)
