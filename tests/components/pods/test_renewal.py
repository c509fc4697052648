"""What restarts the gateways when another certificate than theirs is in the Secret."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from components.pods import renewal


class _Stop(Exception):  # noqa: N818 (no error: the test is over)
    pass


class _Server:
    """The API server, as far as it is asked."""

    status = HTTPStatus.OK

    def __init__(self) -> None:
        self.patched: list[tuple[str, Mapping[str, Any]]] = []

    def request(self, method: str, path: str, body: str, headers: Mapping[str, str]) -> None:
        assert (method, headers["Authorization"]) == ("PATCH", "Bearer token")
        self.patched.append((path, json.loads(body)))

    def getresponse(self) -> "_Server":
        return self

    def read(self) -> bytes:
        return b"forbidden"

    def close(self) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> _Server:
    server = _Server()
    (tmp_path / "token").write_text("token")
    (tmp_path / "tls.crt").write_text("first\n")
    monkeypatch.setattr(renewal, "ACCOUNT", tmp_path)
    monkeypatch.setattr(renewal, "CERTIFICATE", tmp_path / "tls.crt")
    monkeypatch.setattr("ssl.create_default_context", lambda cafile: cafile)
    monkeypatch.setattr("socket.setdefaulttimeout", lambda _: None)
    monkeypatch.setattr(renewal, "HTTPSConnection", lambda *_, **__: server)
    return server


def _asked(served: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the gateways answer with each certificate in turn, "" being no answer; then stop."""
    answers = iter(served)

    def answer(address: tuple[str, int]) -> str:
        assert address == ("the.service", 443)
        text = next(answers, None)
        if text is None:
            raise _Stop
        if not text:
            raise ConnectionRefusedError
        return text

    monkeypatch.setattr("ssl.get_server_certificate", answer)
    monkeypatch.setattr("time.sleep", lambda _: None)
    with pytest.raises(_Stop):
        renewal.main("the.service", "/the/gateways")


def test_gateways_that_serve_the_certificate_are_left_alone(
    server: _Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    _asked(["first\n", "first\n"], monkeypatch)
    assert server.patched == []


def test_gateways_of_which_none_answers_are_left_alone(
    server: _Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    _asked(["", "first\n"], monkeypatch)
    assert server.patched == []


def test_one_gateway_with_another_certificate_has_all_restarted_once(
    server: _Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    _asked(["first\n", "older\n", "", "older\n", "first\n"], monkeypatch)
    digest = hashlib.sha256(b"first\n").hexdigest()
    body = {"spec": {"template": {"metadata": {"annotations": {"tier0/certificate": digest}}}}}
    # Kubernetes restarts nothing for what it has already been told.
    assert server.patched == [("/the/gateways", body)] * 2


def test_a_refusal_ends_the_pod_with_what_the_api_server_says(
    server: _Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.status = HTTPStatus.FORBIDDEN
    monkeypatch.setattr("ssl.get_server_certificate", lambda _: "older")
    with pytest.raises(SystemExit, match=r"/the/gateways: .* 403 \(forbidden\); see its Role"):
        renewal.main("the.service", "/the/gateways")
