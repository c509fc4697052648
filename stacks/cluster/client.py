"""The API server of a cluster: objects of any kind, the logs of pods, commands in them.

The official client reads the kubeconfig, whatever credentials that has, and holds the connections
(docs/decisions/0021). Objects stay the JSON that the API server speaks, so that any kind will do.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, urlencode

import urllib3
import websocket
from kubernetes import client
from kubernetes.config import KUBE_CONFIG_DEFAULT_LOCATION
from kubernetes.stream import ws_client

from stacks.cluster.answers import (
    Answer,
    Manifest,
    NoSuchKind,
    Refused,
    Unreachable,
    condition_of,
    named,
    place_of,
    unreachable,
)
from stacks.cluster.kubeconfig import open_api
from stacks.command import Fault

APPLY = {"Content-Type": "application/apply-patch+yaml"}
"""The headers of a server-side apply; JSON is YAML too."""

_MERGE = {"Content-Type": "application/merge-patch+json"}
_ANY = {"Accept": "application/json, */*"}  # as kubectl: an object as JSON, a log as it is
_JSON = {"Content-Type": "application/json"}

_TIMEOUT = (10.0, 120.0)
"""Seconds for a connection and for an answer: an API server waits 30 s for one webhook."""

_POLL_SECONDS, _LONGEST_POLL_SECONDS = 0.25, 3.0
_LAST = 500  # characters of a program's complaint that a fault repeats


class ClusterClient:
    """An API server; safe for many threads. Kinds are looked up once and remembered.

    Each method raises Unreachable if the API server does not answer, and Refused if it refuses.
    """

    def __init__(self, api: client.ApiClient) -> None:
        """Use an open client of the library."""
        self.api = api
        """The library's client, for calls that have their own method there."""
        self._kinds: dict[tuple[str, str], tuple[str, bool]] = {}

    @classmethod
    def connect(cls, context: str, kubeconfig: Path | None = None) -> Self:
        """Open a client for a *context*, of KUBECONFIG or `~/.kube/config` unless told otherwise.

        Nothing is asked of the cluster yet; a program for credentials runs. Raise Fault where the
        kubeconfig does not lead to a cluster.
        """
        return cls(open_api(context, str(kubeconfig or KUBE_CONFIG_DEFAULT_LOCATION)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self.api.close()
        self.api.rest_client.close()  # the client's own `close` leaves them to be collected

    def get(self, version: str, kind: str, name: str, namespace: str = "") -> Manifest | None:
        """Return an object; None where it is not there, or the cluster has no such kind."""
        path = self.path(version, kind, name, namespace)
        return None if path is None else self.at(path)

    def objects(
        self, version: str, kind: str, namespace: str = "", *, labels: str = ""
    ) -> list[Manifest]:
        """Return the objects of a kind, in all namespaces unless one is named.

        *labels* is a selector as of kubectl, `a=b,c`. Nothing where the cluster has no such kind.
        """
        path = self.path(version, kind, "", namespace)
        query = f"?{urlencode({'labelSelector': labels})}" if labels else ""
        return [] if path is None else self.items(f"{path}{query}")

    def apply(
        self, manifest: Mapping[str, Any], *, manager: str, dry_run: bool = False
    ) -> Manifest:
        """Apply an object server-side as a field *manager*, taking its fields from any other.

        Return it as it is then. A field that its kind does not have is refused. *dry_run* stores
        nothing.
        """
        query = {"fieldManager": manager, "force": "true", "fieldValidation": "Strict"}
        query |= {"dryRun": "All"} if dry_run else {}
        path = f"{self._path_of(manifest)}?{urlencode(query)}"
        return self._done(place_of(manifest), path, manifest, APPLY)

    def patch(
        self, version: str, kind: str, name: str, namespace: str = "", *, change: Mapping[str, Any]
    ) -> Manifest:
        """Merge a *change* into an object (RFC 7396: null removes); return it as it is then."""
        it = named(version, kind, name, namespace)
        return self._done(place_of(it), self._path_of(it), change, _MERGE)

    def delete(
        self, version: str, kind: str, name: str, namespace: str = "", *, grace: int | None = None
    ) -> None:
        """Have an object deleted, if there; it may take a while to go.

        *grace*: seconds that a pod has to end, by default as many as it asks for.
        """
        path = self.path(version, kind, name, namespace)
        if path is None:
            return
        query = "" if grace is None else f"?gracePeriodSeconds={grace}"
        answer = self.request("DELETE", f"{path}{query}")
        if not answer.ok and answer.status != HTTPStatus.NOT_FOUND:
            raise Refused(place_of(named(version, kind, name, namespace)), answer)

    def wait(
        self,
        version: str,
        kind: str,
        name: str,
        namespace: str = "",
        *,
        condition: str,
        seconds: float,
    ) -> Manifest:
        """Wait until a *condition* of an object is True; return the object."""
        place = place_of(named(version, kind, name, namespace))
        began, pause = time.monotonic(), _POLL_SECONDS
        while True:
            found = self.get(version, kind, name, namespace)
            told = condition_of(found or {}, condition)
            if found is not None and told.get("status") == "True":
                return found
            if time.monotonic() - began > seconds:
                word = told.get("message") or ("" if found else "it is not there")
                fault = f"{condition} is not True after {seconds:.0f} s{word and f' ({word})'}"
                raise Fault(place, fault, "see its status and events")
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_POLL_SECONDS)

    def log(self, namespace: str, pod: str, container: str = "", *, lines: int = 0) -> str:
        """Return what a container of a pod has printed, by default its only one.

        *lines*: only that many last ones.
        """
        query = {"container": container} if container else {}
        query |= {"tailLines": str(lines)} if lines else {}
        path = f"/api/v1/namespaces/{namespace}/pods/{quote(pod)}/log?{urlencode(query)}"
        answer = self.request("GET", path)
        if not answer.ok:
            raise Refused(f"Pod {namespace}/{pod}", answer)
        return answer.text

    def execute(
        self, namespace: str, pod: str, container: str, command: Sequence[str], *, seconds: float
    ) -> Iterator[bytes]:
        """Run a command in a container of a pod; yield what it prints, as it comes.

        Raise Fault where it cannot be run, ends with another status than 0, or runs longer than
        *seconds*; it then runs on.
        """
        place = f"Pod {namespace}/{pod}"
        session = self._session(place, namespace, pod, container, command)
        complaint = b""
        deadline = time.monotonic() + seconds
        try:
            runs = True
            while runs:
                left = deadline - time.monotonic()
                if left <= 0:
                    fault = f"{command[0]} runs longer than {seconds:.0f} s"
                    raise Fault(place, fault, "see its log")
                session.update(timeout=left)
                runs = session.is_open()  # to look into a channel can take in the last of another
                complaint = (complaint + session.read_channel(ws_client.STDERR_CHANNEL))[-_LAST:]
                if printed := session.read_channel(ws_client.STDOUT_CHANNEL):
                    yield printed
            ended = json.loads(session.read_channel(ws_client.ERROR_CHANNEL) or "{}")
        except (websocket.WebSocketException, OSError, ValueError) as error:
            raise Unreachable(place, f"the connection is lost ({error})", "run it again") from None
        finally:
            # Where the server closes first, `close` takes it for done and leaves the socket.
            session.sock.shutdown()
        if ended.get("status") != "Success":
            raise Fault(place, _unsuccessful(command[0], ended, complaint), "see its log")

    def _session(
        self, place: str, namespace: str, pod: str, container: str, command: Sequence[str]
    ) -> Any:  # noqa: ANN401 (the library's session has no types)
        query = [("container", container), ("stdout", "true"), ("stderr", "true")]
        query += [("command", word) for word in command]
        path = f"/api/v1/namespaces/{namespace}/pods/{quote(pod)}/exec?{urlencode(query)}"
        _, url, headers, *_ = self.api.param_serialize("GET", path, auth_settings=["BearerToken"])
        url = ws_client.get_websocket_url(url)
        try:
            # Not `kubernetes.stream.stream`: it swaps a method of a client that threads share, and
            # keeps all that is printed.
            return ws_client.WSClient(
                self.api.configuration, url, headers, capture_all=False, binary=True
            )
        except websocket.WebSocketBadStatusException as error:
            body = (error.resp_body or b"").decode(errors="replace")
            raise Refused(place, Answer(error.status_code, body)) from None
        except (websocket.WebSocketException, OSError) as error:
            raise unreachable(self.api.configuration.host, error) from None

    def at(self, path: str, headers: Mapping[str, str] = _JSON) -> Manifest | None:
        """Return what is at a path, an object or a list; None where nothing is there."""
        answer = self.request("GET", path, None, headers)
        if answer.status == HTTPStatus.NOT_FOUND:
            return None
        if not answer.ok:
            raise Refused(path, answer)
        return answer.content

    def items(self, path: str, headers: Mapping[str, str] = _JSON) -> list[Manifest]:
        """Return a list as `/api/v1/namespaces/x/pods` holds it; [] where it is not there."""
        return [*((self.at(path, headers) or {}).get("items") or [])]

    def request(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] = _JSON,
    ) -> Answer:
        """Send one request; return the answer, also where it is a refusal."""
        if body is None:  # then the API server takes offence at a type
            headers = {name: value for name, value in headers.items() if name != "Content-Type"}
        prepared = self.api.param_serialize(
            method,
            path,
            header_params={**_ANY, **headers},
            # The library writes JSON itself, and takes YAML as text without a walk through it.
            body=json.dumps(body) if headers == APPLY else body,
            auth_settings=["BearerToken"],
        )
        try:
            response = self.api.call_api(*prepared, _request_timeout=_TIMEOUT)
            text = response.read().decode(errors="replace")
        except (client.ApiException, urllib3.exceptions.HTTPError, OSError) as error:
            raise unreachable(self.api.configuration.host, error) from None
        return Answer(response.status, text, response.headers.get("Warning", ""))

    def path(self, version: str, kind: str, name: str = "", namespace: str = "") -> str | None:
        """Return the path of an object, or of all of its kind without a *name*.

        None while the cluster does not have the kind. An object without a namespace is in
        `default`, as for kubectl.
        """
        base = f"/apis/{version}" if "/" in version else f"/api/{version}"
        known = self._kinds.get((version, kind))
        if known is None:
            served = self.at(base) or {}
            self._kinds |= {
                (version, found["kind"]): (found["name"], found["namespaced"])
                for found in served.get("resources", [])
                if "/" not in found["name"]
            }
            known = self._kinds.get((version, kind))
        if known is None:
            return None
        plural, namespaced = known
        namespace = namespace or ("default" if name else "")
        folder = f"/namespaces/{namespace}" if namespaced and namespace else ""
        return f"{base}{folder}/{plural}{name and f'/{quote(name)}'}"

    def forget_kinds(self) -> None:
        """Look kinds up again: a definition may have come or gone."""
        self._kinds.clear()

    def _path_of(self, manifest: Mapping[str, Any]) -> str:
        metadata = manifest["metadata"]
        path = self.path(
            manifest["apiVersion"],
            manifest["kind"],
            metadata["name"],
            metadata.get("namespace", ""),
        )
        if path is None:
            fault = f"the cluster has no kind {manifest['kind']} in {manifest['apiVersion']}"
            raise NoSuchKind(place_of(manifest), fault, "install its definition first")
        return path

    def _done(
        self, place: str, path: str, body: Mapping[str, Any], headers: Mapping[str, str]
    ) -> Manifest:
        answer = self.request("PATCH", path, body, headers)
        if not answer.ok:
            raise Refused(place, answer)
        return answer.content


def _unsuccessful(program: str, ended: Manifest, complaint: bytes) -> str:
    """Say how a command in a pod ended."""
    causes = ended.get("details", {}).get("causes") or []
    status = next((one["message"] for one in causes if one.get("reason") == "ExitCode"), None)
    said = complaint.decode(errors="replace").strip() or ended.get("message") or "it says nothing"
    return f"{program} ended with {status or 'no status'} ({said})"
