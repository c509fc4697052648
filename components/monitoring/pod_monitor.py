"""Metrics of a database: a separate PodMonitor.

CloudNativePG's own (`enablePodMonitor`) is deprecated (cluster_webhook.go, 1.30).
"""

from collections.abc import Sequence

import pulumi

from components.kube import Object

API = "monitoring.coreos.com/v1"


def pod_monitor(
    name: str,
    object_name: str,
    *,
    parent: pulumi.Resource,
    namespace: pulumi.Input[str],
    labels: dict[str, str],
    kept: Sequence[str] = (),
) -> None:
    """Declare a PodMonitor for the pods with these labels.

    *kept* are labels of a pod that each of its metrics gets.
    """
    Object(
        f"{name}-metrics",
        parent=parent,
        api_version=API,
        kind="PodMonitor",
        name=object_name,
        namespace=namespace,
        spec={
            "selector": {"matchLabels": labels},
            "podMetricsEndpoints": [{"port": "metrics"}],
            **({"podTargetLabels": [*kept]} if kept else {}),
        },
    )
