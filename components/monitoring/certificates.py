"""Certificates that cert-manager should have renewed: its metrics, and the alerts on them."""

from collections.abc import Collection, Mapping

import pulumi

from components.kube import Component
from components.monitoring.alert import Alert
from components.monitoring.pod_monitor import pod_monitor
from components.monitoring.prometheus_rule import prometheus_rule

_NAME = "tier0-certificates"
_METRIC = "certmanager_certificate_renewal_timestamp_seconds"
_LATE = 3600
"""Seconds after which cert-manager, which renews at once, has failed to."""


class CertificateMonitoring(Component):
    """A PodMonitor for cert-manager, and the alerts on the certificates of an environment."""

    def __init__(
        self,
        name: str,
        *,
        namespace: str,
        watched: Collection[str],
        labels: Mapping[str, str],
        disposable: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare them in cert-manager's *namespace* for certificates in the namespaces *watched*.

        *labels* are those that a Prometheus selects by.
        """
        super().__init__("tier0:monitoring:CertificateMonitoring", f"{name}-monitoring", opts=opts)
        pod_monitor(
            name,
            _NAME,
            parent=self,
            namespace=namespace,
            pods={"app": "cert-manager"},
            labels=labels,
            port="http-metrics",
            honored=True,
        )
        prometheus_rule(
            name,
            _NAME,
            parent=self,
            namespace=namespace,
            labels=labels,
            rules=[
                it.rule(None, disposable=disposable)
                for it in alerts(namespace=namespace, watched=watched)
            ],
        )


def alerts(*, namespace: str, watched: Collection[str]) -> list[Alert]:
    """Return the alerts on certificates in the namespaces *watched*; the root is in *namespace*.

    A ServiceMonitor of cert-manager's chart gives the same metrics, with the pod's namespace in
    place of the certificate's, which is `exported_namespace` then.
    """
    own = 'exported_namespace=""'
    certificates = f'{_METRIC}{{namespace=~"{"|".join(sorted(watched))}",{own}}}'
    root = f'{_METRIC}{{namespace="{namespace}",{own}}}'
    return [
        Alert(
            name="CertificateNotRenewed",
            source="cert-manager",
            when="cert-manager should have issued or renewed a certificate an hour ago: the "
            "plugin's, the object store's, or a CA",
            expression=f"time() - max by (namespace, name) ({certificates}) > {_LATE}",
            lasting=900,
            critical=True,
            summary="the certificate {{ $labels.name }} in {{ $labels.namespace }} is not renewed",
            impact="Once it expires, what it serves is refused; without the plugin's or the object "
            "store's nothing is archived.",
        ),
        Alert(
            name="CertificatesUnknown",
            source="cert-manager",
            when="cert-manager reports no certificate in its own namespace, for an hour",
            expression=f"max by (namespace) (absent({root}))",
            lasting=3600,
            critical=False,
            summary="cert-manager does not run, or its metrics are not read",
            impact="No alert fires before a certificate expires.",
        ),
    ]
