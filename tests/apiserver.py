"""The API server in memory, for the tests of programs in pods that ask it for single objects."""

import copy
import json
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from components.pods import api

SECRETS = "/api/v1/namespaces/ns/secrets"
CLUSTERS = "/apis/postgresql.cnpg.io/v1/namespaces/ns/clusters"
SERVICES = "/api/v1/namespaces/ns/services"


class ApiServer:
    """Objects of the namespace `ns` by their paths, and what was changed in them."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Any]] = {}
        self.changed: list[str] = []
        self.away = False
        self.refuses: tuple[int, str] | None = None
        self._answer: tuple[int, Any] = (0, None)

    def put(self, path: str, **fields: Any) -> dict[str, Any]:
        """Let the object exist."""
        metadata = {"name": path.rsplit("/", 1)[1], "resourceVersion": "1"}
        fields["metadata"] = metadata | fields.get("metadata", {})
        self.objects[path] = fields
        return fields

    def request(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> None:
        assert headers["Authorization"] == "Bearer token"
        if self.away:
            raise ConnectionRefusedError("nobody is there")
        change = json.loads(body) if body else {}
        self._answer = self.refuses or self._answered(method, path, change, headers)

    def _answered(
        self, method: str, path: str, change: dict[str, Any], headers: Mapping[str, str]
    ) -> tuple[int, Any]:
        if method == "POST":
            assert headers["Content-Type"] == "application/json"
            path = f"{path}/{change['metadata']['name']}"
            if path in self.objects:
                return HTTPStatus.CONFLICT, "exists"
            self.changed.append(f"created {change['metadata']['name']}")
            return HTTPStatus.CREATED, self.put(path, **change)
        if path not in self.objects:
            return HTTPStatus.NOT_FOUND, "there is none"
        found = self.objects[path]
        if method == "PATCH":
            assert headers["Content-Type"] == "application/merge-patch+json"
            version = found["metadata"]["resourceVersion"]
            if change["metadata"].pop("resourceVersion") != version:
                return HTTPStatus.CONFLICT, "changed"
            _merge(found, change)
            found["metadata"]["resourceVersion"] = str(int(version) + 1)
            self.changed.append(f"changed {found['metadata']['name']}")
        return HTTPStatus.OK, copy.deepcopy(found)

    def getresponse(self) -> Any:
        status, said = self._answer
        return type("Answer", (), {"status": status, "read": lambda _: json.dumps(said).encode()})()

    def close(self) -> None:
        pass


def _merge(found: dict[str, Any], change: Mapping[str, Any]) -> None:
    for key, value in change.items():
        if isinstance(value, dict):
            _merge(found.setdefault(key, {}), value)
        else:
            found[key] = value


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ApiServer:
    """The API server that a program asks with its service account."""
    server = ApiServer()
    (tmp_path / "token").write_text("token")
    monkeypatch.setattr(api, "ACCOUNT", tmp_path)
    monkeypatch.setattr("ssl.create_default_context", lambda cafile: cafile)
    monkeypatch.setattr(api, "HTTPSConnection", lambda *_, **__: server)
    return server
