"""Metrics of a Ceph cluster: what Rook needs to have them read, and the alerts on them.

Rook creates the ServiceMonitors of managers and exporters itself (cluster/mgr/mgr.go,
nodedaemon/exporter.go, v1.17.9). Its operator may do so only if its chart was installed with
`monitoring.enabled`; without that right it never finishes the daemons of a node
(nodedaemon/reconcile.go). So the right is declared here, for any installation of Rook.
"""

from collections.abc import Mapping
from typing import Any

import pulumi

from components.ceph.alerts import alerts
from components.kube.rights import grant
from components.monitoring.prometheus_rule import prometheus_rule

_API = "monitoring.coreos.com"
_RIGHT = "tier0-ceph-monitoring"  # not `rook-ceph-monitoring`, which is the chart's
_OPERATOR = "rook-ceph-system"  # its ServiceAccount (rook-ceph 1.17.9, serviceaccount.yaml)


def monitored(labels: Mapping[str, str]) -> dict[str, Any]:
    """Return the part of `CephCluster.spec` for metrics; *labels* are those of ServiceMonitors."""
    enabled: dict[str, Any] = {"monitoring": {"enabled": True}}
    return enabled | ({"labels": {"monitoring": {**labels}}} if labels else {})


def monitor(
    name: str,
    object_name: str,
    *,
    parent: pulumi.Resource,
    namespace: str,
    labels: Mapping[str, str],
    disposable: bool,
) -> None:
    """Let Rook create ServiceMonitors in *namespace*, and declare the alerts, with *labels*."""
    grant(
        f"{name}-monitoring",
        parent=parent,
        name=_RIGHT,
        namespace=namespace,
        account=_OPERATOR,
        rules=[
            {
                "apiGroups": [_API],
                "resources": ["servicemonitors"],
                "verbs": ["get", "list", "watch", "create", "update", "delete"],
            }
        ],
    )
    prometheus_rule(
        name,
        f"{object_name}-alerts",
        parent=parent,
        namespace=namespace,
        labels=labels,
        rules=[it.rule(None, disposable=disposable) for it in alerts(namespace)],
    )
