"""What CloudNativePG's objects and logs say of a restore that runs."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

HEALTHY = "Cluster in healthy state"
HOPELESS = (
    "Cluster cannot proceed to reconciliation due to an unknown plugin being required",
    "Cluster has incomplete or invalid image catalog",
    "Cluster is unrecoverable and needs manual intervention",
    "Invalid cluster definition",
)
"""Phases that no waiting ends (api/v1/cluster_types.go, 1.30)."""

RECOVERY = "full-recovery"
"""The container that restores, and the value of its pod's label `cnpg.io/jobRole`."""

_LAST = 500  # characters of a log that a fault repeats


def waiting(pod: Mapping[str, Any]) -> tuple[str, str]:
    """Return why a container of a pod does not run, as (reason, message); empty if each does."""
    status = pod.get("status", {})
    for one in status.get("containerStatuses") or []:
        if waits := one.get("state", {}).get("waiting"):
            return str(waits.get("reason", "")), str(waits.get("message", ""))
    for condition in status.get("conditions") or []:
        if (condition.get("type"), condition.get("status")) == ("PodScheduled", "False"):
            return str(condition.get("reason", "")), str(condition.get("message", ""))
    return "", ""


def complaint(lines: Iterable[str]) -> str:
    """Return the last complaint of a pod that restores: PostgreSQL's own where it has one."""
    said = ""
    last: list[str] = []
    for line in lines:
        last = [*last, line][-3:]
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        record = entry.get("record") or {}
        if record.get("error_severity") in {"FATAL", "PANIC"}:
            said = str(record.get("message"))
        elif entry.get("level") == "error" and not said:
            said = f"{entry.get('msg')}: {entry.get('error', '')}"
    return (said or "\n".join(last) or "its log is empty")[-_LAST:]
