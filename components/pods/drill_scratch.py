"""The scratch Cluster of a drill: made once no other restores, and removed.

It has one name in its namespace, so that its existence is the lock: one restore at a time.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from .api import Conflict, Namespace
from .drill_record import alive
from .drill_run import Run
from .s3 import Fault

NAME = "drill"
CA, SUPERUSER = f"{NAME}-ca", f"{NAME}-superuser"
"""The Secrets that CloudNativePG makes for it."""

LABELS = f"cnpg.io/cluster={NAME}"
"""Selects its pods and volumes."""

CLEANING_SECONDS = 240
"""To remove it within; the Job's deadline is 300 s after the drill's."""

_KILLED_SECONDS = 30
"""The same for a drill that is killed: its pod has 60 s, and the record is still to be written."""


class Scratch:
    """The Cluster of one drill."""

    def __init__(
        self,
        run: Run,
        namespace: Namespace,
        manifest: Mapping[str, Any],
        owner: Mapping[str, str],
    ) -> None:
        """*owner* is the `name` and `uid` of the Job that Kubernetes removes it with."""
        self.run, self.namespace = run, namespace
        self._manifest, self._owner = manifest, owner
        self.uid = ""
        self.created: datetime | None = None
        """When its creation was asked for."""

        self.since = 0.0
        """The same, in seconds of the drill."""

    def create(self) -> None:
        """Create it, as soon as no other drill restores."""
        manifest, said = self._made(), False
        while True:
            begun, since = datetime.now(UTC), self.run.seconds
            try:
                made = self.namespace.create_cluster(manifest)
            except Conflict:
                said = self._take_over(said=said)
                continue
            self.uid = made["metadata"]["uid"]
            self.created, self.since = begun, since
            return

    def admit(self) -> None:
        """Ask whether the API server would create it; raise Fault if not."""
        try:
            self.namespace.create_cluster(self._made(), dry=True)
        except Conflict:
            owner, _ = _owner(self.namespace.cluster(NAME) or {})
            raise Fault(
                f"Cluster {self.namespace.name}/{NAME}: it exists, and {owner} restores into it or "
                "has left it; wait until that has ended"
            ) from None

    def remove(self) -> str:
        """Delete it and wait until it, its pods and volumes are gone; return what is left."""
        if not self.uid:
            return ""
        most = _KILLED_SECONDS if self.run.killed else CLEANING_SECONDS
        left, until = f"Cluster {NAME}", self.run.seconds + most
        while True:
            try:
                self.namespace.delete_cluster(NAME, self.uid)
                left = ", ".join(self._left())
                why = ""
            except Conflict:  # another Cluster has the name: this one is gone
                return ""
            except Fault as fault:
                why = f" ({fault})"
            if not left:
                return ""
            if self.run.seconds > until:
                return f"{self.namespace.name}: {left} after {most} s{why}; remove it"
            self.run.rest()

    def _left(self) -> Iterator[str]:
        found = self.namespace.cluster(NAME)
        if found and found["metadata"]["uid"] == self.uid:
            yield f"Cluster {NAME}"
        for kind in ("pods", "persistentvolumeclaims"):
            for one in self.namespace.listed(kind, LABELS):
                yield f"{kind} {one['metadata']['name']}"

    def _made(self) -> dict[str, Any]:
        """Return the manifest with its owner, the base backup to begin with, and its target."""
        owner = {"apiVersion": "batch/v1", "kind": "Job", **self._owner}
        metadata = {**self._manifest["metadata"], "ownerReferences": [owner]}
        spec = dict(self._manifest["spec"])
        # CloudNativePG would also begin with one that failed.
        target = {"backupID": backup} if (backup := self.run.versions.get("backup")) else {}
        if self.run.target:
            target["targetTime"] = self.run.target.isoformat()
        if target:
            recovery = spec["bootstrap"]["recovery"] | {"recoveryTarget": target}
            spec["bootstrap"] = {"recovery": recovery}
        return {**self._manifest, "metadata": metadata, "spec": spec}

    def _take_over(self, *, said: bool) -> bool:
        """Wait while the drill runs that the Cluster is of, or delete it if that has ended."""
        found = self.namespace.cluster(NAME)
        if found is None:
            return said
        owner, uid = _owner(found)
        if owner and alive(self.namespace, owner, uid):
            waits = f"waits for {owner}, which restores into Cluster {NAME}"
            if not said:
                self.run.say(waits)
            self.run.pause(f"it {waits}")
            return True
        self.run.say(f"removes Cluster {NAME}, which {owner or 'a Job'} has left")
        self.uid = found["metadata"]["uid"]
        left = self.remove()
        self.uid = ""
        if left:
            raise Fault(left)
        return said


def _owner(cluster: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return the name and the UID of the Job that owns a Cluster."""
    for one in cluster.get("metadata", {}).get("ownerReferences") or []:
        if one["kind"] == "Job":
            return one["name"], one["uid"]
    return "", None
