"""The alerts on a database's watch and drills, next to its other alerts."""

from collections.abc import Mapping

import pulumi

from components.drills.alerts import alerts, objectives
from components.drills.promises import Promises
from components.kube import Component
from components.monitoring.prometheus_rule import prometheus_rule


class DrillAlerts(Component):
    """A PrometheusRule; the objectives are metrics too, for the dashboard."""

    def __init__(
        self,
        name: str,
        promised: Promises,
        *,
        namespace: pulumi.Input[str],
        labels: Mapping[str, str],
        disposable: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare it in the database's *namespace*; a Prometheus selects by *labels*."""
        super().__init__("tier0:drills:DrillAlerts", f"{name}-drill-alerts", opts=opts)
        prometheus_rule(
            f"{name}-drills",
            f"{promised.cluster}-drills",
            parent=self,
            namespace=namespace,
            labels=labels,
            rules=[
                *objectives(name, promised),
                *(it.rule(name, disposable=disposable) for it in alerts(name, promised)),
            ],
        )
