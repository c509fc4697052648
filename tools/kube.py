"""The lab's client: patient with what is only starting, and able to say what does not start."""

import time
from collections.abc import Callable, Iterable
from http import HTTPStatus

from stacks.cluster import ClusterClient, Manifest, NoSuchKind, Refused, Unreachable
from tools import Fault

__all__ = ["PATIENCE", "Kube", "Manifest", "wait"]

_MANAGER = "tier0-lab"
_ACCEPTED_SECONDS = 90.0
_PAUSE, _LONGEST_PAUSE = 0.25, 3.0

PATIENCE = 600.0
"""Seconds after which what does not come is given up. It is no promise: a slow machine with all
groups of tests on it takes minutes for what a quiet one does in seconds."""


class Kube(ClusterClient):
    """A client that has patience with what is only starting."""

    def ready(self) -> bool:
        """Tell whether the API server says so itself; until it listens, a refusal is no answer."""
        try:
            return self.request("GET", "/readyz").ok
        except Unreachable:
            return False

    def apply_all(self, manifests: Iterable[Manifest], seconds: float = _ACCEPTED_SECONDS) -> None:
        """Apply manifests in their order; a second time changes nothing.

        A kind whose definition is only being established, and a webhook whose server is only
        starting, are tried again for `seconds` in all.
        """
        deadline = time.monotonic() + seconds
        for manifest in manifests:
            while (fault := self._applied(manifest)) is not None:
                if time.monotonic() > deadline:
                    raise fault
                time.sleep(_PAUSE)

    def _applied(self, manifest: Manifest) -> Fault | None:
        """Return the fault of what may still become possible; raise that of what will not."""
        try:
            self.apply(manifest, manager=_MANAGER)
        except (NoSuchKind, Unreachable) as fault:
            return fault
        except Refused as fault:
            status = fault.answer.status
            if status < HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.NOT_FOUND:
                raise
            self.forget_kinds()
            return fault
        return None

    def available(self, namespace: str, name: str) -> bool:
        """Tell whether a Deployment runs as it was last applied, with all its replicas."""
        found = self.get("apps/v1", "Deployment", name, namespace)
        if found is None:
            return False
        status, wanted = found.get("status", {}), found["spec"].get("replicas", 1)
        return bool(
            status.get("observedGeneration", 0) >= found["metadata"]["generation"]
            and status.get("updatedReplicas", 0) == wanted
            and status.get("availableReplicas", 0) == wanted
            and status.get("replicas", 0) == wanted
        )

    def trouble(self, namespace: str) -> str:
        """Say what keeps the pods of a namespace from being ready, "" where nothing is told."""
        said = []
        for pod in self.items(f"/api/v1/namespaces/{namespace}/pods"):
            status = pod.get("status", {})
            states = [
                *(status.get("initContainerStatuses") or []),
                *(status.get("containerStatuses") or []),
            ]
            reasons = [_reason(state) for state in states if not state.get("ready")]
            reasons += [
                str(condition.get("message"))
                for condition in status.get("conditions") or []
                if condition["type"] == "PodScheduled" and condition["status"] != "True"
            ]
            told = ", ".join(reason for reason in reasons if reason)
            if told:
                said.append(f"{pod['metadata']['name']}: {told}")
        return "; ".join(said)[-400:]


def wait(
    what: str, ready: Callable[[], bool], told: Callable[[], str], seconds: float = PATIENCE
) -> None:
    """Wait until `ready()`; after `seconds` it is a fault that says what was `told()`.

    It looks less often the longer it has waited: to look can be a process in a pod, which takes the
    processor from what is waited for.
    """
    began = time.monotonic()
    while not ready():
        waited = time.monotonic() - began
        if waited > seconds:
            word = told()
            raise Fault(
                what,
                f"not there after {seconds:.0f} s" + (f" ({word})" if word else ""),
                "read the logs in the lab's directory; `make lab-down` removes it",
            )
        time.sleep(min(max(_PAUSE, waited / 20), _LONGEST_PAUSE))


def _reason(state: Manifest) -> str:
    for name in ("waiting", "terminated"):
        if found := state.get("state", {}).get(name):
            last = state.get("lastState", {}).get("terminated", {})
            word = found.get("message") or last.get("message") or ""
            return f"{state['name']} {found.get('reason', name)} {word}".strip()
    return ""
