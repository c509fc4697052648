"""What becomes of a clone: the steps of its restore, and whether the running server acts."""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

from components.pods.inert import ASKED, acts
from components.pods.restoring import HEALTHY, HOPELESS, RECOVERY, complaint, waiting
from stacks.cluster import ClusterClient, Manifest
from stacks.command import Fault
from stacks.recovery.clone_objects import CLUSTERS

READY = "ready"
_PLACED, _RESTORED, _STARTED = "waits for a node and a volume", "restores", "starts PostgreSQL"
_STEPS: Mapping[str, str] = {_PLACED: "placing", _RESTORED: "restoring", _STARTED: "starting"}

_POLL_SECONDS = 1.0
_PATIENCE = 900.0
"""Seconds for each step but the restore itself, whose length is the archive's."""


def wait_ready(client: ClusterClient, name: str) -> tuple[str, dict[str, float]]:
    """Wait until the clone *name* serves; return its pod, and the seconds of each step.

    Say each step on stderr. Raise Fault if it cannot be restored, or if it acts.
    """
    began = since = time.monotonic()
    phases: dict[str, float] = {}
    step = said = ""
    while True:
        now, trouble = _step(client, name)
        moment = time.monotonic()
        if now != step:
            phases |= {_STEPS[step]: round(moment - since, 1)} if step else {}
            step, since = now, moment
        if step == READY:
            break
        if (line := f"{step}{trouble and f' ({trouble})'}") != said:
            sys.stderr.write(f"{name}: {line}, after {moment - began:.0f} s\n")
            said = line
        if step != _RESTORED and moment - since > _PATIENCE:
            fault = f"it {step} for more than {_PATIENCE:.0f} s ({trouble or 'no reason is seen'})"
            raise Fault(f"clone {name}", fault, "correct that, then run again")
        time.sleep(_POLL_SECONDS)
    pod = f"{name}-1"
    sys.stderr.write(f"{name}: {require_inert(client, name, pod)}\n")
    return pod, phases | {"ready": round(time.monotonic() - began, 1)}


def _step(client: ClusterClient, name: str) -> tuple[str, str]:
    """Return the step of the restore, and what hinders it."""
    cluster = client.get(CLUSTERS, "Cluster", name, name)
    if cluster is None:
        raise Fault(f"clone {name}", "its Cluster is gone", "run again")
    status = cluster.get("status", {})
    phase = status.get("phase", "")
    if (phase, status.get("readyInstances")) == (HEALTHY, 1):
        return READY, ""
    if phase in HOPELESS:
        fault = f"{phase} ({status.get('phaseReason') or 'without a reason'})"
        raise Fault(f"clone {name}", fault, "correct that, then run again")
    pods = client.objects("v1", "Pod", name, labels=f"cnpg.io/cluster={name}")
    for pod in pods:
        labels = pod["metadata"]["labels"]
        if labels.get("cnpg.io/podRole") == "instance":
            return _STARTED, " ".join(waiting(pod)).strip()
    for pod in pods:
        state = pod.get("status", {}).get("phase")
        if state == "Failed":
            fault = f"it cannot be restored ({_reason(client, name, pod)})"
            raise Fault(f"clone {name}", fault, "choose another target, or correct that")
        if state in {"Running", "Succeeded"}:
            return _RESTORED, ""
        return _PLACED, " ".join(waiting(pod)).strip()
    return _PLACED, phase


def _reason(client: ClusterClient, name: str, pod: Manifest) -> str:
    """Return the last complaint of a pod that restores."""
    try:
        return complaint(client.log(name, pod["metadata"]["name"], RECOVERY).splitlines())
    except Fault as fault:
        return str(fault)


def require_inert(client: ClusterClient, name: str, pod: str) -> str:
    """Ask the running server whether it acts; say what it answers. Raise Fault if it acts."""
    told: Mapping[str, Any] = json.loads(query(client, name, pod, "postgres", ASKED))
    cluster = (client.get(CLUSTERS, "Cluster", name, name) or {}).get("spec", {})
    if found := [*acts(told, cluster)]:
        fault = f"it must not be looked into, as it {' and '.join(found)}"
        raise Fault(f"clone {name}", fault, "report that; the clone is removed")
    return (
        "ready; it archives nowhere and runs no logical replication, no preloaded library with "
        "workers and no background worker"
    )


def query(
    client: ClusterClient,
    name: str,
    pod: str,
    database: str,
    statement: str,
    options: Sequence[str] = ("-qAt",),
    *,
    seconds: float = 600,
) -> str:
    """Return what psql prints of a *statement*, run as the superuser in a READ ONLY transaction.

    Raise Fault with PostgreSQL's sentence where it refuses the statement.
    """
    command = ["psql", "-X", "-v", "ON_ERROR_STOP=1", *options, "-d", database]
    for one in ("begin read only", statement, "commit"):
        command += ["-c", one]
    printed = client.execute(name, pod, "postgres", command, seconds=seconds)
    return b"".join(printed).decode(errors="replace")
