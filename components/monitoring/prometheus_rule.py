"""Alerts, as an object of the Prometheus operator."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from components.kube import Object
from components.monitoring.pod_monitor import API


def prometheus_rule(
    name: str,
    object_name: str,
    *,
    parent: pulumi.Resource,
    namespace: pulumi.Input[str],
    labels: Mapping[str, str],
    rules: Sequence[Mapping[str, Any]],
) -> None:
    """Declare a PrometheusRule with one group; *labels* are those that a Prometheus selects by."""
    Object(
        f"{name}-alerts",
        parent=parent,
        api_version=API,
        kind="PrometheusRule",
        name=object_name,
        namespace=namespace,
        labels=labels,
        spec={"groups": [{"name": object_name, "rules": [*rules]}]},
    )
