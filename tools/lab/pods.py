"""Programs in the lab's pods: one run in a container that is there, or a pod run to its end."""

import secrets
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

from kubernetes import client
from kubernetes.stream import stream

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
    namespace, pod, container = place
    where = f"{namespace}/{pod}"
    with lab.api() as api:
        try:
            session = stream(
                client.CoreV1Api(api).connect_get_namespaced_pod_exec,
                pod,
                namespace,
                command=list(command),
                container=container,
                stdout=True,
                stderr=True,
                stdin=False,
                tty=False,
                _preload_content=False,
            )
        except client.ApiException as error:
            raise Fault(
                where, f"{command[0]} was not run ({error.reason})", "see its pod"
            ) from None
        with closing(session):
            try:
                session.run_forever(timeout=seconds)
                printed: str = session.read_stdout(timeout=0) or ""
                complaint = (session.read_stderr(timeout=0) or "").strip()
                if session.is_open():
                    raise Fault(where, f"{command[0]} runs longer than {seconds} s", "see its log")
                if session.returncode:
                    fault = f"{command[0]} ended with {session.returncode}"
                    raise Fault(where, f"{fault} ({complaint[-_LAST:]})", "see its log")
            finally:
                # Where the server closes first, `close` takes it for done and leaves the socket.
                session.sock.shutdown()
    return printed


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

    The pod's name gets an ending of its own: several may ask the same at once.
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
    with lab.api() as api:
        core = client.CoreV1Api(api)
        try:
            lab.wait(f"pod {name}", lambda: phase() in {"Succeeded", "Failed"}, seconds)
            log = str(core.read_namespaced_pod_log(name, namespace))
            failed = phase() == "Failed"
        finally:
            core.delete_namespaced_pod(name, namespace, grace_period_seconds=0)
    if failed:
        raise Fault(f"{namespace}/{name}", f"it failed ({log.strip()[-_LAST:]})", "see its command")
    return log
