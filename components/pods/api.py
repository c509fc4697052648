"""The API server, asked as the service account of the pod, with Python's library."""

import json
import ssl
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from .s3 import Fault

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
PATIENCE_SECONDS = 30

WATCHED = {"cnpg.io/reload": "true"}
"""The label by which CloudNativePG notices a change of a Secret that it does not own."""

_JSON = "application/json"
_CONTENT = {"POST": _JSON, "PATCH": "application/merge-patch+json", "DELETE": _JSON}
_CLUSTERS = "/apis/postgresql.cnpg.io/v1/namespaces"


class Conflict(Fault):
    """The object exists, or is not as it was read any more."""


class Namespace:
    """The objects of one namespace, each by its name."""

    def __init__(self, name: str) -> None:
        """*name* is the namespace's."""
        self.name = name
        self._secrets = self._core("secrets")

    def cluster(self, name: str) -> dict[str, Any] | None:
        """Return CloudNativePG's Cluster; None if there is none."""
        return ask("GET", f"{_CLUSTERS}/{self.name}/clusters/{name}")

    def create_cluster(self, manifest: Mapping[str, Any], *, dry: bool = False) -> dict[str, Any]:
        """Create a Cluster and return it; *dry*: only ask whether it would be admitted.

        Raise Conflict if one of its name exists.
        """
        path = f"{_CLUSTERS}/{self.name}/clusters{'?dryRun=All' if dry else ''}"
        return ask("POST", path, manifest) or {}

    def delete_cluster(self, name: str, uid: str) -> None:
        """Delete the Cluster if it still has this UID, and what it owns with it."""
        body = {"preconditions": {"uid": uid}, "propagationPolicy": "Background"}
        ask("DELETE", f"{_CLUSTERS}/{self.name}/clusters/{name}", body)

    def config_map(self, name: str) -> dict[str, Any] | None:
        """Return the ConfigMap; None if there is none."""
        return ask("GET", self._core("configmaps", name))

    def change_config_map(self, name: str, change: Mapping[str, Any]) -> None:
        """Merge *change* into the ConfigMap; a resourceVersion in it must be the present one."""
        ask("PATCH", self._core("configmaps", name), change)

    def job(self, name: str) -> dict[str, Any] | None:
        """Return the Job; None if there is none."""
        return ask("GET", f"/apis/batch/v1/namespaces/{self.name}/jobs/{quote(name)}")

    def listed(self, kind: str, labels: str = "") -> list[dict[str, Any]]:
        """Return the objects of the core API's *kind*, in the plural, with these labels."""
        query = f"?{urlencode({'labelSelector': labels})}" if labels else ""
        return list((ask("GET", self._core(kind) + query) or {}).get("items") or [])

    def log(self, pod: str, container: str, since: str = "") -> str:
        """Return the log of a container from a moment on, in RFC 3339; "" if it has none."""
        query = urlencode({"container": container} | ({"sinceTime": since} if since else {}))
        return _answered("GET", f"{self._core('pods', pod)}/log?{query}", None) or ""

    def service(self, name: str) -> dict[str, Any] | None:
        """Return the Service; None if there is none."""
        return ask("GET", self._core("services", name))

    def secret(self, name: str) -> dict[str, Any] | None:
        """Return the Secret; None if there is none."""
        return ask("GET", f"{self._secrets}/{name}")

    def create_secret(
        self, name: str, data: Mapping[str, str], *, labels: Mapping[str, str], kind: str = "Opaque"
    ) -> None:
        """Create the Secret of the type *kind*; the values of *data* are in base64."""
        metadata = {"name": name, "labels": labels}
        ask("POST", self._secrets, {"metadata": metadata, "type": kind, "data": data})

    def change_secret(self, found: Mapping[str, Any], change: Mapping[str, Any]) -> None:
        """Merge *change* into the Secret; raise Fault if it is not as it was *found* any more."""
        metadata = found["metadata"]
        seen = {"resourceVersion": metadata["resourceVersion"]} | change.get("metadata", {})
        ask("PATCH", f"{self._secrets}/{metadata['name']}", {**change, "metadata": seen})

    def _core(self, kind: str, name: str = "") -> str:
        return f"/api/v1/namespaces/{self.name}/{kind}{name and '/'}{name}"


def ask(method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
    """Return what the API server answers, None to a GET or DELETE of what does not exist.

    Raise Fault if it refuses or does not answer.
    """
    said = _answered(method, path, body)
    found: dict[str, Any] | None = None if said is None else json.loads(said)
    return found


def _answered(method: str, path: str, body: Mapping[str, Any] | None) -> str | None:
    """Return the text of an answer, as `ask`."""
    headers = {"Authorization": "Bearer " + (ACCOUNT / "token").read_text()}
    if body is not None:
        headers["Content-Type"] = _CONTENT[method]
    try:
        trusted = ssl.create_default_context(cafile=str(ACCOUNT / "ca.crt"))
        server = HTTPSConnection(
            "kubernetes.default.svc", context=trusted, timeout=PATIENCE_SECONDS
        )
        server.request(method, path, None if body is None else json.dumps(body), headers)
        answer = server.getresponse()
        said: str = answer.read().decode(errors="replace")
        server.close()
    except (OSError, HTTPException) as error:
        raise Fault(f"the API server: it does not answer ({error}); it is tried again") from error
    if method in {"GET", "DELETE"} and answer.status == HTTPStatus.NOT_FOUND:
        return None
    if answer.status == HTTPStatus.CONFLICT:
        raise Conflict(f"{path}: it has changed meanwhile; it is tried again")
    if answer.status >= HTTPStatus.BAD_REQUEST:
        why = _message(said)
        fix = "raise the quota" if "exceeded quota" in why else "see its Role"
        raise Fault(f"{path}: the API server answers {answer.status} ({why}); {fix}")
    return said


def _message(said: str) -> str:
    """Return the sentence of a Status, else all that was said."""
    try:
        status = json.loads(said)
    except ValueError:
        return said
    return str(status["message"]) if isinstance(status, dict) and "message" in status else said
