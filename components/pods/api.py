"""The API server, asked as the service account of the pod, with Python's library."""

import json
import ssl
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any

from .s3 import Fault

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
PATIENCE_SECONDS = 30

WATCHED = {"cnpg.io/reload": "true"}
"""The label by which CloudNativePG notices a change of a Secret that it does not own."""

_CONTENT = {"POST": "application/json", "PATCH": "application/merge-patch+json"}


class Namespace:
    """The objects of one namespace, each by its name."""

    def __init__(self, name: str) -> None:
        """*name* is the namespace's."""
        self.name = name
        self._secrets = f"/api/v1/namespaces/{name}/secrets"

    def cluster(self, name: str) -> dict[str, Any] | None:
        """Return CloudNativePG's Cluster; None if there is none."""
        return ask("GET", f"/apis/postgresql.cnpg.io/v1/namespaces/{self.name}/clusters/{name}")

    def service(self, name: str) -> dict[str, Any] | None:
        """Return the Service; None if there is none."""
        return ask("GET", f"/api/v1/namespaces/{self.name}/services/{name}")

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


def ask(method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
    """Return what the API server answers, None to a GET of what does not exist.

    Raise Fault if it refuses or does not answer.
    """
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
        said = answer.read().decode()
        server.close()
    except (OSError, HTTPException) as error:
        raise Fault(f"the API server: it does not answer ({error}); it is tried again") from error
    if method == "GET" and answer.status == HTTPStatus.NOT_FOUND:
        return None
    if answer.status == HTTPStatus.CONFLICT:
        raise Fault(f"{path}: it has changed meanwhile; it is tried again")
    if answer.status >= HTTPStatus.BAD_REQUEST:
        raise Fault(f"{path}: the API server answers {answer.status} ({said}); see its Role")
    found: dict[str, Any] = json.loads(said)
    return found
