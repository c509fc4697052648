"""Programs in the lab's pods: one run in a container that is there, or a pod run to its end."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tools import Fault

if TYPE_CHECKING:
    from tools.lab.access import Cluster

_LAST = 500  # characters of a program's complaint that a fault repeats


def execute(
    lab: "Cluster",
    place: tuple[str, str, str],
    command: Sequence[str],
    seconds: float = 120,
) -> str:
    """Run a command in (namespace, pod, container) and return what it printed.

    A fault where it does not end within `seconds` or ends with another status than 0.
    """
    printed = b"".join(lab.kube.execute(*place, command, seconds=seconds))
    return printed.decode(errors="replace")


@contextmanager
def standing_still(lab: "Cluster", place: tuple[str, str, str], process: str) -> Iterator[None]:
    """Stop a process in (namespace, pod, container), by its id there, and let it go on."""
    try:
        execute(lab, place, ["bash", "-c", f"kill -STOP {process}"])
        yield
    finally:
        execute(lab, place, ["bash", "-c", f"kill -CONT {process}"])


# What a namespace of databases admits. An image of a database says its own user.
RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}


def run(
    lab: "Cluster",
    place: tuple[str, str],
    container: dict[str, Any],
    volumes: Sequence[dict[str, Any]] = (),
    seconds: float = 120,
) -> str:
    """Run a container as a pod of (namespace, name) to its end; return its log, remove the pod.

    The pod's name gets its own ending: several may ask the same at once.
    """
    namespace, name = place[0], f"{place[1]}-{secrets.token_hex(3)}"
    path = f"/api/v1/namespaces/{namespace}/pods/{name}"
    manifest = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "restartPolicy": "Never",
            "containers": [
                {
                    "name": place[1],
                    "imagePullPolicy": "IfNotPresent",
                    "securityContext": RESTRICTED,
                    **container,
                }
            ],
            "volumes": list(volumes),
            "terminationGracePeriodSeconds": 0,
        },
    }

    def phase() -> str:
        return str((lab.get(path) or {}).get("status", {}).get("phase"))

    lab.apply([manifest])
    try:
        lab.wait(f"pod {name}", lambda: phase() in {"Succeeded", "Failed"}, seconds)
        log = lab.kube.log(namespace, name)
        failed = phase() == "Failed"
    finally:
        lab.kube.delete("v1", "Pod", name, namespace, grace=0)
    if failed:
        raise Fault(f"{namespace}/{name}", f"it failed ({log.strip()[-_LAST:]})", "see its command")
    return log
