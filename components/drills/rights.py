"""What the drills of a database may do through the API server, in the namespace of drills only."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.postgres.drills import SCRATCH

_CLUSTERS = "postgresql.cnpg.io"


def rights(record: str) -> list[Mapping[str, Any]]:
    """Return the rules of a drill's Role; *record* is the ConfigMap with its evidence.

    A Role cannot say which name a new object may have.
    """
    return [
        _may(_CLUSTERS, "clusters", ["create"]),
        _may(_CLUSTERS, "clusters", ["get", "patch", "delete"], [SCRATCH]),
        _may("", "pods", ["get", "list"]),
        _may("", "pods/log", ["get"]),
        _may("", "persistentvolumeclaims", ["list"]),
        _may("", "secrets", ["get"], [f"{SCRATCH}-superuser", f"{SCRATCH}-ca"]),
        _may("", "configmaps", ["get", "patch"], [record]),
        _may("batch", "jobs", ["get"]),
        _may("", "events", ["list"]),
    ]


def _may(
    group: str, resource: str, verbs: Sequence[str], names: Sequence[str] = ()
) -> Mapping[str, Any]:
    rule = {"apiGroups": [group], "resources": [resource], "verbs": [*verbs]}
    return rule | ({"resourceNames": [*names]} if names else {})
