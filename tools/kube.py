"""Objects of a cluster: applied, read and waited for, over the API server's own paths."""

import json
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from pathlib import Path
from typing import Any

from kubernetes import client, config
from urllib3.exceptions import HTTPError

from tools import Fault

Manifest = dict[str, Any]

_MANAGER = "tier0-lab"
_ACCEPTED_SECONDS = 90.0
_PAUSE, _LONGEST_PAUSE = 0.25, 3.0
_TYPES = {"PATCH": "application/apply-patch+yaml"}

PATIENCE = 600.0
"""Seconds after which what does not come is given up. It is no promise: a slow machine with all
groups of tests on it takes minutes for what a quiet one does in seconds."""


def connect(kubeconfig: Path, context: str) -> client.ApiClient:
    """Open a client."""
    api: client.ApiClient = config.new_client_from_config(str(kubeconfig), context)
    return api


def disconnect(api: client.ApiClient) -> None:
    """Close a client with its connections, which its own `close` leaves to be collected."""
    api.close()
    api.rest_client.pool_manager.clear()


class Kube:
    """A cluster behind a client; kinds are looked up once and remembered."""

    def __init__(self, api: client.ApiClient) -> None:
        """Use an open client."""
        self._api = api
        self._kinds: dict[tuple[str, str], tuple[str, bool]] = {}

    def ready(self) -> bool:
        """Tell whether the API server says so itself; until it listens, a refusal is no answer."""
        return self.call("GET", "/readyz")[0] == HTTPStatus.OK

    def apply(self, manifests: Iterable[Manifest], seconds: float = _ACCEPTED_SECONDS) -> None:
        """Apply manifests in their order, server-side; a second time changes nothing.

        A kind whose definition is only being established, and a webhook whose server is only
        starting, are tried again for `seconds` in all.
        """
        deadline = time.monotonic() + seconds
        for manifest in manifests:
            while (fault := self._apply(manifest)) is not None:
                if time.monotonic() > deadline:
                    raise fault
                time.sleep(_PAUSE)

    def _apply(self, manifest: Manifest) -> Fault | None:
        """Return the fault of what may still become possible; raise that of what will not."""
        place = _place(manifest)
        path = self._path(manifest)
        if path is None:
            return Fault(place, "the cluster knows no such kind", "apply its definition first")
        query = f"?fieldManager={_MANAGER}&force=true"
        status, answer = self.call("PATCH", path + query, manifest)
        if status < HTTPStatus.BAD_REQUEST:
            return None
        fault = Fault(place, str(answer.get("message")), "mend its manifest")
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.NOT_FOUND:
            self._kinds.clear()
            return fault
        raise fault

    def get(self, version: str, kind: str, name: str, namespace: str = "") -> Manifest | None:
        """Return an object, None where it is not there or its kind is not known."""
        metadata = {"name": name, "namespace": namespace}
        path = self._path({"apiVersion": version, "kind": kind, "metadata": metadata})
        if path is None:
            return None
        return self.at(path)

    def at(self, path: str) -> Manifest | None:
        """Return what is at a path, an object or a list; None where nothing is there."""
        status, answer = self.call("GET", path)
        if status == HTTPStatus.NOT_FOUND:
            return None
        if status >= HTTPStatus.BAD_REQUEST:
            raise Fault(path, str(answer.get("message")), "read kube-apiserver.log")
        return answer

    def delete(self, version: str, kind: str, name: str, namespace: str = "") -> None:
        """Have an object deleted, if there; it may take a while to go."""
        metadata = {"name": name, "namespace": namespace}
        path = self._path({"apiVersion": version, "kind": kind, "metadata": metadata})
        if path is not None:
            self.call("DELETE", path)

    def items(self, path: str) -> list[Manifest]:
        """Return a list as `/api/v1/namespaces/x/pods` holds it; [] where it is not there."""
        return list((self.at(path) or {}).get("items") or [])

    def call(
        self, method: str, path: str, body: Manifest | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Send one request; return the status and the answer, {} where it is no JSON."""
        text = None if body is None else json.dumps(body)
        headers = {"Accept": "application/json"}
        if body is not None:  # without a body the API server takes offence at its type
            headers["Content-Type"] = _TYPES.get(method, "application/json")
        prepared = self._api.param_serialize(
            method, path, header_params=headers, body=text, auth_settings=["BearerToken"]
        )
        try:
            response = self._api.call_api(*prepared)
            status, answer = response.status, response.read()
        except (HTTPError, OSError) as error:
            return HTTPStatus.SERVICE_UNAVAILABLE, {"message": str(error)}
        try:
            return status, json.loads(answer)
        except ValueError:
            return status, {"message": answer.decode(errors="replace")}

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

    def _path(self, manifest: Manifest) -> str | None:
        """Path of an object, None while the cluster does not know its kind."""
        version, kind = manifest["apiVersion"], manifest["kind"]
        base = f"/apis/{version}" if "/" in version else f"/api/{version}"
        known = self._kinds.get((version, kind))  # once: another thread may forget all of them
        if known is None:
            _, answer = self.call("GET", base)
            found = {
                (version, resource["kind"]): (resource["name"], resource["namespaced"])
                for resource in answer.get("resources", [])
                if "/" not in resource["name"]
            }
            self._kinds |= found
            known = found.get((version, kind))
        if known is None:
            return None
        plural, namespaced = known
        metadata = manifest["metadata"]
        folder = f"/namespaces/{metadata.get('namespace') or 'default'}" if namespaced else ""
        return f"{base}{folder}/{plural}/{metadata['name']}"


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


def _place(manifest: Manifest) -> str:
    metadata = manifest["metadata"]
    prefix = f"{metadata['namespace']}/" if metadata.get("namespace") else ""
    return f"{manifest['kind']} {prefix}{metadata['name']}"


def _reason(state: Manifest) -> str:
    for name in ("waiting", "terminated"):
        if found := state.get("state", {}).get(name):
            last = state.get("lastState", {}).get("terminated", {})
            word = found.get("message") or last.get("message") or ""
            return f"{state['name']} {found.get('reason', name)} {word}".strip()
    return ""
