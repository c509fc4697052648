"""What CloudNativePG's objects and logs say of a restore that runs."""

import json
import re
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

SIDECAR = "plugin-barman-cloud"
"""The container of the same pod in which Barman runs, where the plugin restores (lifecycle.go,
v0.15.0); without the plugin it runs in RECOVERY."""

ENDED_EARLY = re.compile(
    r"\d+ read, but total bytes expected is \d+|Connection broken|Read timeout on endpoint"
    r"|Unexpected EOF in archive"
)
"""What Barman says of a base backup whose download ended before its end.

3.19.1 says how many bytes were read. 3.20.0 hands them to `tar` and says only that this is left
with a part, also where an object is damaged in its middle (both measured).
"""

_BARMAN = "barman-cloud-restore"
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


def barman_said(lines: Iterable[str]) -> str:
    """Return what a `barman-cloud-restore` that fails has printed; "" if it says no error."""
    said: dict[str, None] = {}
    failed = False
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and "pipe" in entry and entry.get("logger") == _BARMAN:
            begin, error, words = str(entry.get("msg")).partition(" ERROR: ")
            said[words or begin] = None
            failed = failed or bool(error)
    return "; ".join(said)[-_LAST:] if failed else ""


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
