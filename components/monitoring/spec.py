"""What a Prometheus of the Prometheus operator selects its objects by."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from components.spec import Spec
from components.spec.rule import Fault, obeys, rule
from components.spec.words import LabelKey, LabelValue

_TAKEN = "kubernetes.io/metadata.name"
_POD_SECURITY = "pod-security.kubernetes.io/enforce"


@rule("value")
def namespace_label_is_free(key: str) -> Iterator[Fault]:
    """A label of a namespace is not one that Kubernetes or tier0 writes.

    The API server sets `kubernetes.io/metadata.name` to the namespace's name (Kubernetes,
    "Well-Known Labels"); the enforced level of Pod Security is tier0's, as its pods keep to it.
    """
    if key == _TAKEN:
        yield Fault(f"'{key}' is written by the API server; select by it without a label here")
    elif key == _POD_SECURITY:
        yield Fault(f"'{key}' is written by tier0; leave it out")


_NamespaceLabel = Annotated[LabelKey, obeys(namespace_label_is_free)]


class PrometheusSpec(Spec):
    """What the Prometheus that reads metrics and alerts selects them by.

    It silently ignores an object without these labels, which the API server accepts.
    """

    labels: Mapping[LabelKey, LabelValue] = {}
    """Labels of every PodMonitor and PrometheusRule: what `podMonitorSelector` and `ruleSelector`
    of the Prometheus match. kube-prometheus-stack matches `release: <its release>` unless
    `podMonitorSelectorNilUsesHelmValues` and `ruleSelectorNilUsesHelmValues` are false (its
    values.yaml). Empty: it matches every object."""

    namespace_labels: Mapping[_NamespaceLabel, LabelValue] = {}
    """Labels of the namespaces of databases, which their PodMonitors and PrometheusRules are in:
    what `podMonitorNamespaceSelector` and `ruleNamespaceSelector` match. Empty: these match every
    namespace, as in kube-prometheus-stack."""
