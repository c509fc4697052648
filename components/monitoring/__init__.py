"""Metrics of databases, for Prometheus."""
