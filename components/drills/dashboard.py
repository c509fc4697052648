"""The dashboard of drills, as kube-prometheus-stack's Grafana loads it.

Its sidecar takes each ConfigMap with the label `grafana_dashboard: "1"`, in any namespace
(kube-prometheus-stack, values.yaml: `grafana.sidecar.dashboards`, `searchNamespace: ALL`).
"""

from pathlib import Path

import pulumi

from components.kube import Component, Object

DOCUMENT = Path(__file__).with_name("dashboard.json")
"""Written by tools/docs/dashboard.py."""


class DrillDashboard(Component):
    """A ConfigMap with the dashboard, which shows every database of the environment."""

    def __init__(
        self,
        name: str,
        *,
        namespace: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare it in the *namespace* of drills."""
        super().__init__("tier0:drills:DrillDashboard", f"{name}-dashboard", opts=opts)
        Object(
            f"{name}-dashboard-json",
            parent=self,
            api_version="v1",
            kind="ConfigMap",
            name="dashboard",
            namespace=namespace,
            labels={"grafana_dashboard": "1"},
            fields={"data": {"tier0.json": DOCUMENT.read_text(encoding="utf-8")}},
        )
