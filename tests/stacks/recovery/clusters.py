"""A cluster in which clones are made, as the API server shows it."""

import copy
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from stacks.cluster import Manifest
from stacks.command import Fault

HEALTHY = {"phase": "Cluster in healthy state", "readyInstances": 1}
SETTING_UP = {"phase": "Setting up primary"}
QUIET = {
    "logical_workers": "0",
    "archive_command": "/controller/manager wal-archive --log-destination x %p",
    "libraries": "",
    "processes": ["checkpointer", "client backend"],
}


def recovering(phase: str = "Running", reason: str = "") -> Manifest:
    """Return a pod that restores."""
    return _pod({"cnpg.io/jobRole": "full-recovery"}, phase, reason)


def instance(reason: str = "") -> Manifest:
    """Return a pod of PostgreSQL that is not ready yet."""
    return _pod({"cnpg.io/podRole": "instance"}, "Pending", reason)


def _pod(labels: dict[str, str], phase: str, reason: str) -> Manifest:
    status: Manifest = {"phase": phase}
    if reason:
        status["containerStatuses"] = [
            {"name": "x", "state": {"waiting": {"reason": reason, "message": "it says why"}}}
        ]
    return {"metadata": {"name": "pod", "labels": labels}, "status": status}


class Clones:
    """Objects by (kind, namespace, name); the Cluster of a clone goes through *states*."""

    def __init__(self) -> None:
        self.there: dict[tuple[str, str, str], Manifest] = {}
        self.made: list[Manifest] = []
        self.states: list[tuple[Manifest, list[Manifest]]] = [
            (SETTING_UP, []),
            (SETTING_UP, [recovering("Pending", "PodInitializing")]),
            (SETTING_UP, [recovering()]),
            (SETTING_UP, [instance()]),
            (HEALTHY, []),
        ]
        self.answer: Manifest = dict(QUIET)
        self.commands: list[Sequence[str]] = []
        self.printed: Callable[[Sequence[str]], str] = lambda _: "a\n1\n"
        self.log_text = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def secret(self, namespace: str, name: str, *keys: str) -> None:
        """Have a Secret there."""
        self.there["Secret", namespace, name] = {"data": dict.fromkeys(keys, "c2VjcmV0")}

    def kinds(self) -> list[str]:
        """Return the kinds of what is there, without what was there before."""
        return sorted(kind for kind, home, _ in self.there if home != "n8n-prod")

    def apply(self, manifest: Manifest, *, manager: str) -> Manifest:
        assert manager == "tier0"
        stored = copy.deepcopy(manifest)
        stored["metadata"] |= {"uid": f"uid of {manifest['kind']}", "creationTimestamp": _now()}
        self.made.append(copy.deepcopy(manifest))
        self.there[_key(manifest)] = stored
        return stored

    def get(self, _version: str, kind: str, name: str, namespace: str = "") -> Manifest | None:
        found = self.there.get((kind, namespace, name))
        if kind == "Cluster" and found:
            return found | {"status": self.states[0][0]}
        return found

    def objects(
        self, _version: str, kind: str, namespace: str = "", *, labels: str = ""
    ) -> list[Manifest]:
        if kind == "Pod":
            assert labels == f"cnpg.io/cluster={namespace}"
            pods = self.states[0][1]
            if len(self.states) > 1:
                self.states.pop(0)
            return pods
        wanted = [one.partition("=") for one in labels.split(",")]
        return [
            one
            for (its, _, _), one in self.there.items()
            if its == kind
            and all(
                name in one["metadata"].get("labels", {})
                and (not equals or one["metadata"]["labels"][name] == value)
                for name, equals, value in wanted
            )
        ]

    def patch(
        self, _version: str, kind: str, name: str, namespace: str, *, change: Mapping[str, Any]
    ) -> Manifest:
        stored = self.there[kind, namespace, name]
        for field, values in change.items():
            merged = {**stored.get(field, {}), **values}
            stored[field] = {key: value for key, value in merged.items() if value is not None}
        return stored

    def delete(self, _version: str, kind: str, name: str, namespace: str = "") -> None:
        assert (kind, namespace) == ("Namespace", "")
        self.there = {key: one for key, one in self.there.items() if name not in (key[1], key[2])}

    def log(self, _namespace: str, _pod: str, container: str) -> str:
        assert container == "full-recovery"
        return self.log_text

    def execute(
        self, namespace: str, pod: str, container: str, command: Sequence[str], *, seconds: float
    ) -> Iterator[bytes]:
        assert (pod, container, seconds > 0) == (f"{namespace}-1", "postgres", True)
        self.commands.append(command)
        if "postgres" in command:
            yield json.dumps(self.answer).encode()
        else:
            yield self.printed(command).encode()

    def aged(self, name: str, by: timedelta) -> None:
        """Have a namespace that was made a while ago."""
        made = self.there["Namespace", "", name]["metadata"]
        made["creationTimestamp"] = (datetime.now(UTC) - by).isoformat()


def refusing(command: Sequence[str]) -> str:
    """Answer as the client does where PostgreSQL refuses a statement."""
    said = f"psql ended with 1 (ERROR:  cannot execute {command[-3].split()[0].upper()})"
    raise Fault("Pod x", said, "see its log")


def _key(manifest: Manifest) -> tuple[str, str, str]:
    metadata = manifest["metadata"]
    return manifest["kind"], metadata.get("namespace", ""), metadata["name"]


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
