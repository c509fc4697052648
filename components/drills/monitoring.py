"""What Prometheus reads of the drills: the watch's metrics, and the alerts on them."""

from collections.abc import Mapping

import pulumi

from components.drills.alerts import alerts, objectives
from components.drills.watched import Watched
from components.monitoring.pod_monitor import pod_monitor
from components.monitoring.prometheus_rule import prometheus_rule


class DrillMonitoring(pulumi.ComponentResource):
    """The PodMonitor of a database's watch, and the alerts on the watch and the drills."""

    def __init__(
        self,
        name: str,
        watched: Watched,
        *,
        namespace: pulumi.Input[str],
        labels: Mapping[str, str],
        disposable: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare them; *labels* are those that a Prometheus selects by."""
        super().__init__("tier0:drills:DrillMonitoring", f"{name}-drills-monitoring", opts=opts)
        watch = f"{watched.cluster}-watch"
        pod_monitor(
            f"{name}-watch",
            watch,
            parent=self,
            namespace=namespace,
            pods={"app.kubernetes.io/name": watch},
            labels=labels,
        )
        prometheus_rule(
            f"{name}-drills",
            f"{watched.cluster}-drills",
            parent=self,
            namespace=namespace,
            labels=labels,
            rules=[
                *objectives(name, watched),
                *(it.rule(name, disposable=disposable) for it in alerts(name, watched)),
            ],
        )
