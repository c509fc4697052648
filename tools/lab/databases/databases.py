"""PostgreSQL clusters in the lab: made, asked, backed up and recovered by CNPG's own objects.

Plain manifests, without the program under test: what they show is the operator's behaviour. The
tests of lineage and drills build on these helpers.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tools import Fault, kube
from tools.kube import PATIENCE
from tools.lab import pods
from tools.lab.databases.archives import Archive
from tools.lab.images.postgres import SYSTEM
from tools.lab.operators import plugin
from tools.lab.operators.manifests import Manifest

if TYPE_CHECKING:
    from tools.lab.access import Cluster

_API = "postgresql.cnpg.io/v1"
_GROUP = "/apis/postgresql.cnpg.io/v1"
_HEALTHY = "Cluster in healthy state"
_DATABASE = "app"
_NUDGE_SECONDS = 30.0


@dataclass(frozen=True)
class Database:
    """A Cluster of the lab by its name, whether it is there yet or not."""

    lab: "Cluster"
    namespace: str
    name: str
    archive: Archive | None = None
    image: str = SYSTEM
    parameters: Mapping[str, str] = field(
        default_factory=lambda: {"shared_buffers": "64MB", "max_connections": "50"}
    )

    @property
    def path(self) -> str:
        """Where the API server has it."""
        return f"{_GROUP}/namespaces/{self.namespace}/clusters/{self.name}"

    def create(self, instances: int = 1) -> None:
        """Make it empty, with a database and a user `app`; return when it is healthy."""
        start = {"initdb": {"database": _DATABASE, "owner": _DATABASE, "dataChecksums": True}}
        self._apply(instances, bootstrap=start)
        self.wait_healthy(instances)

    def recover(self, source: "Database", target: Mapping[str, str] | None = None) -> float:
        """Make it out of the archive of `source`, up to a recoveryTarget if given, with its method.

        Return the seconds until it is healthy.
        """
        archive = source.archive
        if archive is None:
            raise Fault(source.name, "it has no archive", "recover from one that has")
        began = time.monotonic()
        recovery: dict[str, Any] = {"source": source.name, "database": _DATABASE}
        recovery |= {"owner": _DATABASE}
        if target:
            recovery["recoveryTarget"] = dict(target)
        origin = archive.origin(source.name)
        kept = {} if self.archive else {"plugins": plugin.sidecar_stays(origin, self.name)}
        self._apply(
            1,
            bootstrap={"recovery": recovery},
            externalClusters=[{"name": source.name, **origin}],
            **kept,
        )
        self.wait_healthy(1)
        return time.monotonic() - began

    def _apply(self, instances: int, **more: object) -> None:
        archived: dict[str, Any] = {}
        manifests: list[Manifest] = []
        if self.archive and self.archive.method == "in-tree":
            archived["backup"] = {"barmanObjectStore": self.archive.configuration}
        elif self.archive:
            manifests.append(self.archive.store(self.namespace, self.name))
            parameters = {"barmanObjectName": self.name}
            archived["plugins"] = [
                {"name": plugin.NAME, "isWALArchiver": True, "parameters": parameters}
            ]
        spec = {
            "instances": instances,
            "imageName": self.image,
            "imagePullPolicy": "IfNotPresent",
            "storage": {"size": "1Gi"},
            "postgresql": {"parameters": dict(self.parameters)},
            **archived,
            **more,
        }
        metadata = {"name": self.name, "namespace": self.namespace}
        manifests.append(
            {"apiVersion": _API, "kind": "Cluster", "metadata": metadata, "spec": spec}
        )
        self.lab.apply(manifests)

    def delete(self) -> None:
        """Remove it with its volumes; what is in the archive stays."""
        self.lab.kube.delete(_API, "Cluster", self.name, self.namespace)
        self.lab.wait(f"database {self.name} gone", self._gone)

    def _gone(self) -> bool:
        claims = f"/api/v1/namespaces/{self.namespace}/persistentvolumeclaims"
        selector = f"?labelSelector=cnpg.io%2Fcluster%3D{self.name}"
        return (
            self.lab.get(self.path) is None and not (self.lab.get(claims + selector) or {})["items"]
        )

    def status(self) -> Manifest:
        """Return its status, empty until the operator has written one."""
        found = self.lab.get(self.path) or {}
        return dict(found.get("status", {}))

    def condition(self, kind: str) -> str:
        """Return the status of one of its conditions, or ''."""
        conditions = self.status().get("conditions", [])
        return next((c["status"] for c in conditions if c["type"] == kind), "")

    def wait_healthy(self, instances: int, seconds: float = PATIENCE) -> None:
        """Wait until the operator calls it healthy with that many ready instances."""

        def healthy() -> bool:
            status = self.status()
            return (status.get("phase"), status.get("readyInstances")) == (_HEALTHY, instances)

        kube.wait(f"database {self.name} healthy", healthy, self.trouble, seconds)

    def trouble(self) -> str:
        """Say what the operator does with it, and what keeps its pods."""
        status = self.status()
        said = (
            status.get("phase"),
            status.get("phaseReason"),
            self.lab.kube.trouble(self.namespace),
        )
        return ", ".join(word for word in said if word)

    def wait_archiving(self) -> None:
        """Wait until the operator says that WAL arrives in the archive.

        It says so when a segment was archived, and tries once: where another process writes the
        Cluster's status in that moment the word is lost until the next segment, which an idle
        database never closes (walarchive/cmd.go, v1.30.0). So one is closed now and then.
        """
        nudged = time.monotonic()

        def archiving() -> bool:
            nonlocal nudged
            if self.condition("ContinuousArchiving") == "True":
                return True
            if time.monotonic() > nudged + _NUDGE_SECONDS:
                nudged = time.monotonic()
                self.close_segment()
            return False

        kube.wait(f"database {self.name} archiving", archiving, self._archiving_trouble)

    def _archiving_trouble(self) -> str:
        """Say what the operator and PostgreSQL know of the archive."""
        conditions = self.status().get("conditions", [])
        said = [c["message"] for c in conditions if c["type"] == "ContinuousArchiving"]
        known = self.sql("select a from pg_stat_archiver a")
        return f"{said or 'no condition'}, {known}"

    def sql(self, query: str, *, database: str = _DATABASE, pod: str | None = None) -> str:
        """Run SQL as the superuser on the primary, or on a pod; return psql's unaligned answer."""
        where = pod or self.status()["currentPrimary"]
        command = ["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", database, "-c", query]
        return pods.execute(self.lab, (self.namespace, where, "postgres"), command).strip()

    def archive_now(self) -> str:
        """Close the current WAL segment and wait until it is archived; return its name."""
        segment = self.close_segment()
        query = "select coalesce(last_archived_wal, '') from pg_stat_archiver"
        self.lab.wait(
            f"WAL {segment} of {self.name} archived",
            # A history or backup label file sorts after the segment that it is named after.
            lambda: self.sql(query)[: len(segment)] >= segment,
        )
        return segment

    def close_segment(self) -> str:
        """Close the current WAL segment; return its name."""
        # Without a record in it a switch does nothing, and the name would be one never archived.
        self.sql("select pg_logical_emit_message(true, 'tier0', 'switch')")
        return self.sql("select pg_walfile_name(pg_switch_wal())")

    def now(self) -> str:
        """Return the primary's clock as a recoveryTarget's targetTime."""
        form = "YYYY-MM-DD HH24:MI:SS.US"
        clock = f"to_char(clock_timestamp() at time zone 'utc', '{form}')"
        return self.sql(f"select {clock} || '+00'")

    def back_up(self, name: str, seconds: float = PATIENCE, *, snapshot: bool = False) -> Manifest:
        """Make a Backup by the archive's method; return its status when it is completed.

        *snapshot*: of its volumes instead, by the class that the Cluster names.
        """
        self.start_backup(name, snapshot=snapshot)
        path = f"{_GROUP}/namespaces/{self.namespace}/backups/{name}"
        status: Manifest = {}

        def ended() -> bool:
            nonlocal status
            status = (self.lab.get(path) or {}).get("status", {})
            if status.get("phase") == "failed":
                raise Fault(f"Backup {name}", f"it failed: {status.get('error')}", "read its pod")
            return status.get("phase") == "completed"

        self.lab.wait(f"Backup {name} completed", ended, seconds)
        return status

    def wait_backed_up(self) -> None:
        """Wait for its first base backup, which its schedule makes at once."""

        def phases() -> list[str]:
            return [
                one.get("status", {}).get("phase", "")
                for one in self.lab.kube.items(f"{_GROUP}/namespaces/{self.namespace}/backups")
                if one["spec"]["cluster"]["name"] == self.name
            ]

        kube.wait(
            f"the first base backup of {self.name}",
            lambda: "completed" in phases(),
            lambda: str(phases()),
        )

    def start_backup(self, name: str, *, snapshot: bool = False) -> None:
        """Ask for a Backup and return at once.

        A checkpoint goes before it, as the backup waits for one that is else spread over minutes.
        It is made of a standby where there is one, which then waits for its own restartpoint.
        """
        self.sql("checkpoint")
        until = self.sql("select pg_current_wal_lsn()")
        status = self.status()
        for pod in set(status["instancesStatus"]["healthy"]) - {status["currentPrimary"]}:
            self._wait_replayed(pod, until)
            self.sql("checkpoint", pod=pod)
        spec: dict[str, Any] = {"cluster": {"name": self.name}}
        if snapshot:
            spec["method"] = "volumeSnapshot"
        elif self.archive and self.archive.method == "plugin":
            spec |= {"method": "plugin", "pluginConfiguration": {"name": plugin.NAME}}
        else:
            spec["method"] = "barmanObjectStore"
        metadata = {"name": name, "namespace": self.namespace}
        self.lab.apply([{"apiVersion": _API, "kind": "Backup", "metadata": metadata, "spec": spec}])

    def _wait_replayed(self, standby: str, until: str) -> None:
        """Wait until a standby has replayed WAL up to an LSN."""
        query = f"select pg_last_wal_replay_lsn() >= '{until}'"
        self.lab.wait(f"{standby} at {until}", lambda: self.sql(query, pod=standby) == "t")
