"""Which certificates are watched, and how their metrics are read."""

from tests import valid
from tests.support import declared


def test_certificates_are_watched_by_their_own_namespace_not_by_that_of_cert_manager() -> None:
    """A metric's `namespace` is the certificate's only where its labels win over the pod's."""
    found = declared(valid.environment(monitored=True)).manifests()
    made = {it["kind"]: it for it in found if it["metadata"]["name"] == "tier0-certificates"}
    (endpoint,) = made["PodMonitor"]["spec"]["podMetricsEndpoints"]
    assert endpoint == {"port": "http-metrics", "honorLabels": True}
    (group,) = made["PrometheusRule"]["spec"]["groups"]
    (renewed,) = [it for it in group["rules"] if it["alert"] == "Tier0CertificateNotRenewed"]
    for namespace in ("cert-manager", "cnpg-system", "n8n-prod", "rook-ceph"):
        assert namespace in renewed["expr"]
