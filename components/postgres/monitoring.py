"""PodMonitors of a database, and the alerts on what they read."""

from collections.abc import Mapping

import pulumi

from components.monitoring.pod_monitor import pod_monitor
from components.monitoring.prometheus_rule import prometheus_rule
from components.postgres.alerts import alerts
from components.postgres.pooler import pooler_name
from components.postgres.spec import PostgresSpec

_KEPT = ("cnpg.io/cluster",)
"""Few of CloudNativePG's metrics say their cluster (pg_collector.go); the pod's label does."""


def monitor(
    name: str,
    spec: PostgresSpec,
    *,
    parent: pulumi.Resource,
    namespace: pulumi.Input[str],
    labels: Mapping[str, str],
    disposable: bool,
) -> None:
    """Declare them for the active generation of the database *name*.

    *labels* are those that a Prometheus selects by.
    """
    pod_monitor(
        name,
        spec.cluster,
        parent=parent,
        namespace=namespace,
        pods={"cnpg.io/cluster": spec.current.cluster, "cnpg.io/podRole": "instance"},
        labels=labels,
        kept=_KEPT,
    )
    for reached in spec.poolers:
        called = pooler_name(spec.cluster, reached)
        pod_monitor(
            f"{name}-pooler" if reached == "rw" else f"{name}-pooler-{reached}",
            called,
            parent=parent,
            namespace=namespace,
            pods={"cnpg.io/poolerName": called},
            labels=labels,
            kept=_KEPT,
        )
    prometheus_rule(
        name,
        spec.cluster,
        parent=parent,
        namespace=namespace,
        labels=labels,
        rules=[it.rule(name, disposable=disposable) for it in alerts(spec)],
    )
