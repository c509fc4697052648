"""The sandbox's store: whether it serves, and a snapshot of it that can be put back."""

import base64
import http.client
import json
import os
import socket
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools import Fault

SOCKET = "client:0"  # etcd wants host:port; as a socket's name that is a file called so

# What the API server keeps up by itself; putting back an old lease or an old list of APIs would
# only start a quarrel with it.
_OWN = (
    "/registry/apiregistration.k8s.io/",
    "/registry/events/",
    "/registry/leases/",
    "/registry/masterleases/",
    "/registry/ranges/",
    "compact_rev_key",
)
_EVERYTHING = {"key": "AA==", "range_end": "AA=="}  # from \0 to \0 is all of it


@dataclass(frozen=True)
class Snapshot:
    """Every key of the store at one moment, with its revision and its value (both base64)."""

    entries: dict[str, tuple[str, str]]


class Etcd:
    """The etcd of a sandbox's directory, over its socket (etcd's own HTTP API, v3)."""

    def __init__(self, directory: Path) -> None:
        """Name the directory; nothing is opened."""
        self._directory = directory

    def ready(self) -> bool:
        """Tell whether it answers and has a leader, which it needs to take a write."""
        try:
            return bool(self._call("maintenance/status", {}).get("leader"))
        except (OSError, http.client.HTTPException, ValueError):
            return False

    def snapshot(self) -> Snapshot:
        """Remember everything that the API server stores."""
        pairs = self._call("kv/range", _EVERYTHING)["kvs"]
        return Snapshot({pair["key"]: (pair["mod_revision"], pair["value"]) for pair in pairs})

    def revisions(self) -> dict[str, str]:
        """Return the revision of every key (base64), which changes with each write of its value."""
        pairs = self._call("kv/range", _EVERYTHING | {"keys_only": True})["kvs"]
        return {pair["key"]: pair["mod_revision"] for pair in pairs}

    def value(self, key: str) -> bytes:
        """Return what is stored under *key*."""
        asked = {"key": base64.b64encode(key.encode()).decode()}
        (pair,) = self._call("kv/range", asked)["kvs"]
        return base64.b64decode(pair["value"])

    def restore(self, snapshot: Snapshot) -> None:
        """Put the store back as it was: for the API server's watchers, objects go and change.

        It takes milliseconds, and no finalizer holds it up, as no operator is here to remove one.
        """
        revisions = self.revisions()
        for key in revisions.keys() - snapshot.entries.keys():
            if not _is_own(key):
                self._call("kv/deleterange", {"key": key})
        for key, (revision, value) in snapshot.entries.items():
            if revisions.get(key) != revision and not _is_own(key):
                self._call("kv/put", {"key": key, "value": value})

    def dump(self, keys: Collection[str]) -> dict[str, str]:
        """Return what is stored under *keys*, keys and values in base64."""
        entries = self.snapshot().entries
        encoded = [base64.b64encode(key.encode()).decode() for key in keys]
        return {key: entries[key][1] for key in encoded if key in entries}

    def load(self, entries: Mapping[str, str]) -> None:
        """Store what `dump` returned; a store that holds anything stays as it is."""
        if not self._call("kv/range", _EVERYTHING | {"count_only": True}).get("count"):
            for key, value in entries.items():
                self._call("kv/put", {"key": key, "value": value})

    def _call(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        connection = _UnixConnection(self._directory / SOCKET)
        try:
            connection.request("POST", f"/v3/{method}", json.dumps(body))
            response = connection.getresponse()
            answer: dict[str, Any] = json.loads(response.read())
        finally:
            connection.close()
        if response.status != http.client.OK:
            raise Fault(str(self._directory / SOCKET), str(answer), "read etcd.log next to it")
        return answer


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket of any path, though the kernel takes 107 characters only."""

    def __init__(self, path: Path) -> None:
        super().__init__("etcd", timeout=30)
        self._path = path

    def connect(self) -> None:
        folder = os.open(self._path.parent, os.O_PATH)
        try:
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.settimeout(self.timeout)
            self.sock.connect(f"/proc/self/fd/{folder}/{self._path.name}")
        finally:
            os.close(folder)


def _is_own(key: str) -> bool:
    return base64.b64decode(key).decode().startswith(_OWN)
