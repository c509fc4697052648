"""What the API server answers, and the faults: one sentence each."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any, TypeAlias

from stacks.command import Fault

Manifest: TypeAlias = dict[str, Any]


class Unreachable(Fault):
    """No API server answers at the cluster's address, or it is not the one that is meant."""


class NoSuchKind(Fault):
    """The cluster does not have the kind of an object that is to be changed."""


class Refused(Fault):
    """The API server answers, and refuses."""

    def __init__(self, place: str, answer: "Answer") -> None:
        """Keep the *answer* to what was asked about *place*."""
        fix = _FIXES.get(answer.status, "correct that")
        if "field not declared in schema" in answer.message:  # which has the status 500
            fix = _FIXES[HTTPStatus.UNPROCESSABLE_ENTITY]
        super().__init__(place, answer.message, fix)
        self.answer = answer


_FIXES: Mapping[int, str] = {
    HTTPStatus.UNAUTHORIZED: "log in again, the credentials of this context are not accepted",
    HTTPStatus.FORBIDDEN: "grant that right to the account of this context",
    HTTPStatus.NOT_FOUND: "create it first, or correct the name",
    HTTPStatus.CONFLICT: "read the object again and repeat the change",
    HTTPStatus.UNPROCESSABLE_ENTITY: "correct that field",
    HTTPStatus.INTERNAL_SERVER_ERROR: "try again, or read the API server's log",
    HTTPStatus.SERVICE_UNAVAILABLE: "try again when the API server is ready",
}


@dataclass(frozen=True)
class Answer:
    """What the API server answers to one request, refusals included."""

    status: int
    text: str
    warnings: str = ""
    """The `Warning` headers; empty without one."""

    @property
    def ok(self) -> bool:
        """Whether it did what was asked."""
        return self.status < HTTPStatus.BAD_REQUEST

    @cached_property
    def content(self) -> Manifest:
        """The answer as JSON; where it is none, `message` is its text."""
        try:
            found = json.loads(self.text)
        except ValueError:
            found = None
        return found if isinstance(found, dict) else {"message": self.text.strip()}

    @property
    def message(self) -> str:
        """What a refusal says."""
        return str(self.content.get("message") or f"HTTP {self.status}")


def unreachable(host: str, error: Exception) -> Unreachable:
    """Return the fault of a request that got no answer."""
    reason = getattr(error, "reason", None)
    said = " ".join(str(reason if isinstance(reason, Exception) else error).split())
    if "CERTIFICATE_VERIFY_FAILED" in said:
        why = said.partition("verify failed: ")[2].partition(" (_ssl.c")[0]
        fault = f"its certificate is not trusted ({why})"
        return Unreachable(host, fault, "write its CA into the kubeconfig of this context")
    fault = f"the API server does not answer ({said.rpartition(': ')[2].strip(')')})"
    return Unreachable(host, fault, "see that it runs and that the context means this cluster")


def place_of(manifest: Mapping[str, Any]) -> str:
    """Return what a fault calls an object: `Kind namespace/name`."""
    metadata = manifest["metadata"]
    prefix = f"{metadata['namespace']}/" if metadata.get("namespace") else ""
    return f"{manifest['kind']} {prefix}{metadata['name']}"


def condition_of(found: Manifest, name: str) -> Mapping[str, str]:
    """Return a condition of an object's status; empty where it does not have it."""
    conditions = found.get("status", {}).get("conditions") or []
    return next((one for one in conditions if one["type"] == name), {})


def named(version: str, kind: str, name: str, namespace: str) -> Manifest:
    """Return an object's head, by which it is found."""
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    return {"apiVersion": version, "kind": kind, "metadata": metadata}
