"""Metrics of a database: a separate PodMonitor.

CloudNativePG's own (`enablePodMonitor`) is deprecated (cluster_webhook.go, 1.30).
"""

from collections.abc import Mapping, Sequence

import pulumi

from components.kube import Object

API = "monitoring.coreos.com/v1"


def pod_monitor(  # noqa: PLR0913 - what a PodMonitor has, each by its name
    name: str,
    object_name: str,
    *,
    parent: pulumi.Resource,
    namespace: pulumi.Input[str],
    pods: Mapping[str, str],
    labels: Mapping[str, str],
    kept: Sequence[str] = (),
    port: str = "metrics",
    honored: bool = False,
) -> None:
    """Declare a PodMonitor for the pods with the labels *pods*.

    *labels* are its own, by which a Prometheus selects it; *kept* are labels of a pod that each of
    its metrics gets. *honored*: a label of a metric wins over the pod's of the same name.
    """
    Object(
        f"{name}-metrics",
        parent=parent,
        api_version=API,
        kind="PodMonitor",
        name=object_name,
        namespace=namespace,
        labels=labels,
        spec={
            "selector": {"matchLabels": {**pods}},
            "podMetricsEndpoints": [{"port": port} | ({"honorLabels": True} if honored else {})],
            **({"podTargetLabels": [*kept]} if kept else {}),
        },
    )
