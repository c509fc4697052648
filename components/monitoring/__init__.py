"""Metrics and alerts, for Prometheus."""

from components.monitoring.spec import PrometheusSpec

__all__ = ["PrometheusSpec"]
