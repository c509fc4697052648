"""Metrics and alerts, for Prometheus."""

from components.monitoring.certificates import CertificateMonitoring
from components.monitoring.spec import PrometheusSpec

__all__ = ["CertificateMonitoring", "PrometheusSpec"]
