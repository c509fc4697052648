"""A program of components/pods, run to its end in a pod of a database's namespace.

The database's NetworkPolicy lets the pod through. It has the keys of its stores as files, nothing
else, and is removed afterwards. A second container runs pg_waldump from the database's own image,
which needs neither Python nor barman (components/pods/waldump.py).
"""

import json
import secrets
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from components.kube.program import Program, restricted_pod
from components.kube.waldump import scratch_volume, waldump_container, writable
from components.pods.restoring import waiting
from components.pods.waldump import FOLDER
from components.postgres.images import POSTGRES_USER
from components.postgres.instances import pull_secrets
from stacks.cluster import ClusterClient, Manifest
from stacks.command import Fault
from stacks.recovery.archives import ArchiveStore

LABEL = "tier0/command"
"""Label of a command's pod, with the command's name."""

_PROGRAM = "program"
_POLL_SECONDS = 0.5
_GRACE = timedelta(minutes=1)
"""By then a command that lives has read the log of a pod that ended, and removed the pod."""

_HOPELESS = {
    "CreateContainerConfigError",
    "CreateContainerError",
    "ErrImageNeverPull",
    "ImagePullBackOff",
    "InvalidImageName",
    "RunContainerError",
}
_LAST = 500  # characters of a program's complaint that a fault repeats


@dataclass(frozen=True, kw_only=True)
class PodProgram:
    """What is run, where, and what it may use."""

    command: str
    """The command that runs it: the value of its label, and part of its name."""

    namespace: str
    cluster: str
    """Name of a Cluster; with its label the NetworkPolicy lets the pod through."""

    program: Program
    """A module of components/pods that ends with `tell(main)`."""

    image: str
    """An image with Python and boto3."""

    settings: Mapping[str, Any]
    """What the program is given, as JSON; no secrets. Each store's settings are added to them."""

    stores: Mapping[str, ArchiveStore] = field(default_factory=dict)
    """The stores that it may use, by the name under which `Store` reads their keys."""

    waldump: str | None = None
    """The database's image, for a container that runs pg_waldump; None: there is none."""

    pull_secrets: Sequence[str] = ()
    """Secrets in the namespace for the registries of that image."""

    seconds: int = 600
    """The longest time for all, the pull of images included; then the pod ends by itself."""

    memory: str = "512Mi"
    """Memory limit of the program."""

    scratch: str = "4Gi"
    """The most that the two may write to /scratch, the folder of temporary files."""


def run_program(kube: ClusterClient, what: PodProgram) -> Any:  # noqa: ANN401 (JSON)
    """Run a program in a pod, remove the pod, and return what the program tells.

    Raise Fault with the program's own sentence if it tells one, and if it fails or does not start.
    """
    _tidy(kube, what.namespace)
    pod = pod_of(what)
    try:
        kube.apply(pod, manager="tier0")
        return _told(kube, what, pod["metadata"]["name"])
    finally:
        kube.delete("v1", "Pod", pod["metadata"]["name"], what.namespace, grace=0)


def pod_of(what: PodProgram) -> Manifest:
    """Return the pod that runs a program; its name gets a random ending."""
    settings = {**what.settings, **{name: store.settings for name, store in what.stores.items()}}
    spec: Manifest = dict(
        restricted_pod(
            _PROGRAM,
            image=what.image,
            command=["python3", "-c", what.program.text, json.dumps(settings)],
            user=POSTGRES_USER,
            group=POSTGRES_USER,
            requests={"cpu": "100m", "memory": "128Mi"},
            memory=what.memory,
            mounts={f"keys-{name}": f"/keys/{name}" for name in what.stores},
            volumes=[
                scratch_volume(what.scratch),
                *(
                    {"name": f"keys-{name}", "projected": store.files}
                    for name, store in what.stores.items()
                ),
            ],
            env={"TMPDIR": str(FOLDER)},
        )
    )
    main = spec["containers"][0]
    main["volumeMounts"].append(writable())
    if what.waldump:
        spec["containers"].append(waldump_container(what.waldump))
        spec |= pull_secrets(what.pull_secrets)
    labels = {LABEL: what.command, "cnpg.io/cluster": what.cluster}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"tier0-{what.command}-{secrets.token_hex(4)}",
            "namespace": what.namespace,
            "labels": labels,
        },
        "spec": spec | {"restartPolicy": "Never", "activeDeadlineSeconds": what.seconds},
    }


def _tidy(kube: ClusterClient, namespace: str) -> None:
    """Remove the pods that killed commands left: those that ended, or whose time is over."""
    now = datetime.now(UTC)
    for pod in kube.objects("v1", "Pod", namespace, labels=LABEL):
        begun = datetime.fromisoformat(pod["metadata"]["creationTimestamp"])
        over = begun + timedelta(seconds=pod["spec"].get("activeDeadlineSeconds", 0))
        if at := _ended(pod).get("finishedAt"):
            over = min(over, datetime.fromisoformat(at))
        if now > over + _GRACE:
            kube.delete("v1", "Pod", pod["metadata"]["name"], namespace, grace=0)


def _told(kube: ClusterClient, what: PodProgram, name: str) -> Any:  # noqa: ANN401 (JSON)
    """Wait until the program has ended; return what it told."""
    place = f"Pod {what.namespace}/{name}"
    ended = _wait(kube, what, name, place)
    log = kube.log(what.namespace, name, _PROGRAM).strip()
    if ended["exitCode"] != 0:
        why = f"{ended['exitCode']} {ended.get('reason', '')}".strip()
        fault = f"its program ended with {why} ({log[-_LAST:]})"
        raise Fault(place, fault, "correct what it says, then run again")
    told: Mapping[str, Any] = json.loads(log.rpartition("\n")[2])
    if "fault" in told:
        where, _, rest = told["fault"].partition(": ")
        fault, _, fix = rest.rpartition("; ")
        raise Fault(where, fault, fix)
    return told["told"]


def _wait(kube: ClusterClient, what: PodProgram, name: str, place: str) -> Mapping[str, Any]:
    """Return how the program ended; say on stderr what it waits for before it starts."""
    deadline, said = time.monotonic() + what.seconds, ""
    while True:
        pod = kube.get("v1", "Pod", name, what.namespace)
        if pod is None:
            raise Fault(place, "it was removed before it ended", "run the command again")
        if ended := _ended(pod):
            return ended
        reason, message = waiting(pod)
        words = f"{reason} {message}".strip()
        if reason in _HOPELESS:
            raise Fault(place, f"it does not start ({words})", "correct that, then run again")
        if pod["status"].get("phase") == "Failed" or time.monotonic() > deadline:
            why = pod["status"].get("message") or words or f"it takes more than {what.seconds} s"
            raise Fault(place, f"it did not end ({why})", "correct that, then run again")
        if words != said:
            sys.stderr.write(f"{place}: {words or 'it runs'}\n")
            said = words
        time.sleep(_POLL_SECONDS)


def _ended(pod: Manifest) -> Mapping[str, Any]:
    """Return how the program's container ended; empty until it has."""
    for one in pod.get("status", {}).get("containerStatuses") or []:
        if one["name"] == _PROGRAM:
            ended: Mapping[str, Any] = one.get("state", {}).get("terminated") or {}
            return ended
    return {}
