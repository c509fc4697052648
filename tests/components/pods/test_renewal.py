"""What restarts the gateways when what they read at their start is renewed."""

import copy
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from components.pods import renewal

GATEWAYS = "/the/gateways"
TOKEN, CA = "/the/token", "/the/ca"


class _Stop(Exception):  # noqa: N818 (no error: the test is over)
    pass


class _Server:
    """The API server, as far as it is asked: the gateways' Deployment, and Secrets."""

    status = HTTPStatus.OK

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Any]] = {
            GATEWAYS: {"metadata": {}, "spec": {"template": {"metadata": {}}}}
        }
        self.patched: list[tuple[str, Mapping[str, Any]]] = []
        self.answer: tuple[int, bytes] = (self.status, b"")
        self.away = False

    def request(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> None:
        assert headers["Authorization"] == "Bearer token"
        if self.away:
            raise ConnectionRefusedError
        if self.status != HTTPStatus.OK:
            self.answer = (self.status, b"forbidden")
        elif path not in self.objects:
            self.answer = (HTTPStatus.NOT_FOUND, b"there is none")
        else:
            if method == "PATCH":
                change = json.loads(body or "")
                self.patched.append((path, change))
                _merge(self.objects[path], change)
            self.answer = (HTTPStatus.OK, json.dumps(self.objects[path]).encode())

    def getresponse(self) -> Any:
        status, said = self.answer
        return type("Answer", (), {"status": status, "read": lambda _: said})()

    def close(self) -> None:
        pass

    def secret(self, path: str, uid: str, **data: str) -> None:
        self.objects[path] = {"metadata": {"uid": uid, "resourceVersion": "1"}, "data": data}

    @property
    def restarts(self) -> int:
        """How many changes replaced pods: those that changed the template."""
        return sum("spec" in change for _, change in self.patched)


def _merge(found: dict[str, Any], change: Mapping[str, Any]) -> None:
    """Apply a merge patch, without removals."""
    for key, value in change.items():
        if isinstance(value, dict):
            _merge(found.setdefault(key, {}), value)
        else:
            found[key] = value


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
        renewal.main("the.service", GATEWAYS)


def _followed(steps: Sequence[Callable[[], object]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let something happen after each look at the Secrets; stop after the look at the last."""
    left = iter(steps)

    def later(_: float) -> None:
        step = next(left, None)
        if step is None:
            raise _Stop
        step()

    monkeypatch.setattr("ssl.get_server_certificate", lambda _: "first\n")
    monkeypatch.setattr("time.sleep", later)
    with pytest.raises(_Stop):
        renewal.main("the.service", GATEWAYS, TOKEN, CA)


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
    assert server.patched == [(GATEWAYS, body)] * 2


def test_a_refusal_ends_the_pod_with_what_the_api_server_says(
    server: _Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.status = HTTPStatus.FORBIDDEN
    monkeypatch.setattr("ssl.get_server_certificate", lambda _: "older")
    with pytest.raises(SystemExit, match=r"/the/gateways: .* 403 \(forbidden\); see its Role"):
        renewal.main("the.service", GATEWAYS)


def test_secrets_are_noted_at_first_and_nothing_is_restarted(
    server: _Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.secret(TOKEN, "u1", token="b2xk")
    server.secret(CA, "u2", cert="Y2E=")
    _followed([lambda: None] * 3, monkeypatch)
    ((path, change),) = server.patched
    assert (path, list(change)) == (GATEWAYS, ["metadata"])
    assert list(change["metadata"]["annotations"]) == ["tier0/kms"]


@pytest.mark.parametrize(
    ("path", "data"), [(TOKEN, {"token": "bmV3"}), (CA, {"cert": "bmV3", "more": "eA=="})]
)
def test_a_secret_of_the_kms_that_changes_has_all_restarted_once(
    server: _Server, monkeypatch: pytest.MonkeyPatch, path: str, data: Mapping[str, str]
) -> None:
    server.secret(TOKEN, "u1", token="b2xk")
    server.secret(CA, "u2", cert="Y2E=")
    uid = server.objects[path]["metadata"]["uid"]
    _followed([lambda: server.secret(path, uid, **data), lambda: None, lambda: None], monkeypatch)
    assert server.restarts == 1
    noted = server.objects[GATEWAYS]["metadata"]["annotations"]
    assert server.objects[GATEWAYS]["spec"]["template"]["metadata"]["annotations"] == noted


def test_a_secret_that_changed_while_the_pod_was_away_has_all_restarted(
    server: _Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.secret(TOKEN, "u1", token="b2xk")
    server.secret(CA, "u2", cert="Y2E=")
    _followed([], monkeypatch)
    server.secret(TOKEN, "u1", token="bmV3")
    _followed([], monkeypatch)
    assert server.restarts == 1


def test_what_only_touches_a_secret_restarts_nothing(
    server: _Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.secret(TOKEN, "u1", token="b2xk")
    server.secret(CA, "u2", cert="Y2E=")

    def touched() -> None:
        server.objects[TOKEN]["metadata"] |= {"resourceVersion": "2", "annotations": {"a": "b"}}

    _followed([touched, lambda: None], monkeypatch)
    assert server.restarts == 0


def test_a_secret_that_is_away_for_a_moment_restarts_nothing(
    server: _Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.secret(TOKEN, "u1", token="b2xk")
    server.secret(CA, "u2", cert="Y2E=")
    whole = copy.deepcopy(server.objects[CA])
    _followed(
        [lambda: server.objects.pop(CA), lambda: server.objects.update({CA: whole})],
        monkeypatch,
    )
    assert server.restarts == 0


def test_gateways_that_rook_has_just_changed_are_noted_and_not_restarted_again(
    server: _Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.secret(TOKEN, "u1", token="b2xk")
    server.secret(CA, "u2", cert="Y2E=")
    gateways = copy.deepcopy(server.objects[GATEWAYS])
    _followed(
        [
            lambda: server.objects.pop(GATEWAYS),
            lambda: server.objects.update({GATEWAYS: gateways}),
        ],
        monkeypatch,
    )
    assert server.restarts == 0
    assert len(server.patched) == 2


def test_a_token_cannot_be_guessed_from_what_is_noted() -> None:
    def digest(uid: str) -> str:
        return renewal.digest_of([{"metadata": {"uid": uid}, "data": {"token": "cm9vdA=="}}])

    assert digest("u1") != digest("u2")


def test_an_api_server_that_does_not_answer_is_asked_again(
    server: _Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server.secret(TOKEN, "u1", token="b2xk")
    server.secret(CA, "u2", cert="Y2E=")
    server.away = True
    _followed([lambda: setattr(server, "away", False)], monkeypatch)
    assert "the API server does not answer" in capsys.readouterr().out
    assert len(server.patched) == 1
