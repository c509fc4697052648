"""Databases that an environment has deployed, copies of them, and what is restored from archives.

A copy is the environment's own Cluster under another name, so that what a test destroys is what
our components declare, and the environment stays. A restore is driven by CNPG's own objects.
"""

import base64
import copy
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

from stacks.recovery.window import Window
from tools import Fault, kube
from tools.kube import PATIENCE
from tools.lab import pods
from tools.lab.databases import window
from tools.lab.databases.archives import Method, objects
from tools.lab.databases.databases import Database
from tools.lab.operators import plugin
from tools.lab.operators.manifests import Manifest

_API = "postgresql.cnpg.io/v1"
_STORES = "barmancloud.cnpg.io/v1"
_HEALTHY = "Cluster in healthy state"
_VOLUME = {"size": "1Gi"}


@dataclass(frozen=True)
class Deployed(Database):
    """A Cluster whose application's database has its own name."""

    holds: str = "app"
    """The application's database, which its owner is called after too."""

    host: str = ""
    """The name that clients reach the primary by."""

    first: str = ""
    """The first generation's Cluster, which clients' Secrets are called after; "" if it is that."""

    def sql(self, query: str, *, database: str = "", pod: str | None = None) -> str:
        """Run SQL as the superuser in the application's database; see `Database.sql`."""
        return super().sql(query, database=database or self.holds, pod=pod)

    @property
    def password(self) -> str:
        """The password of its owner."""
        path = f"/api/v1/namespaces/{self.namespace}/secrets/{self.name}-app"
        return base64.b64decode((self.lab.get(path) or {})["data"]["password"]).decode()

    def started(self) -> dict[str, str]:
        """Return for each pod which one it is, and how often its containers were started again."""
        found = {}
        for pod in self.status()["instanceNames"]:
            now = self.lab.get(f"/api/v1/namespaces/{self.namespace}/pods/{pod}") or {}
            restarts = [one["restartCount"] for one in now["status"]["containerStatuses"]]
            found[pod] = f"{now['metadata']['uid']} {restarts}"
        return found

    def declared(self) -> Manifest:
        """Return the Cluster's spec."""
        found = self.lab.get(self.path)
        if found is None:
            raise Fault(f"Cluster {self.namespace}/{self.name}", "it is not there", "deploy it")
        return dict(found["spec"])

    def wait_healthy(self, instances: int, seconds: float = PATIENCE) -> None:
        """Wait until the operator calls it healthy; the fault says what was seen last."""
        self.wait(
            "healthy",
            lambda status: (
                (status.get("phase"), status.get("readyInstances")) == (_HEALTHY, instances)
            ),
            seconds,
        )

    def wait(self, what: str, judge: Any, seconds: float = PATIENCE) -> None:  # noqa: ANN401 (a predicate)
        """Wait until its status is judged so; the fault says its phase and its pods' trouble."""

        def told() -> str:
            status = self.status()
            seen = [f"phase {status.get('phase')}", str(status.get("phaseReason") or "")]
            seen += [
                f"{one['type']}={one['status']} {one.get('message', '')[:120]}"
                for one in status.get("conditions", [])
                if one["status"] != "True"
            ]
            return "; ".join(
                part for part in [*seen, self.lab.kube.trouble(self.namespace)] if part
            )

        place = f"database {self.namespace}/{self.name} {what}"
        kube.wait(place, lambda: bool(judge(self.status())), told, seconds)

    def wait_refused(self) -> str:
        """Wait until the operator says that WAL is not archived; return its reason."""
        said: list[str] = []

        def refused(status: Manifest) -> bool:
            said[:] = [
                str(one.get("message"))
                for one in status.get("conditions", [])
                if (one["type"], one["status"]) == ("ContinuousArchiving", "False")
            ]
            return bool(said)

        self.wait("refused by its archive", refused)
        return said[0]

    def archive_seen(self) -> str:
        """Close the current WAL segment and find it in the bucket; return its key.

        Where nobody archives, the condition ContinuousArchiving and pg_stat_archiver both say that
        it was archived.
        """
        segment = self.archive_now()
        folder = f"{self.name}/wals/{segment[:16]}/{segment}"
        if self.archive is None:
            raise Fault(f"database {self.namespace}/{self.name}", "it has no archive", "give one")
        found = objects(self.lab, self.namespace, self.archive, folder)
        if not found:
            raise Fault(
                f"database {self.namespace}/{self.name}",
                f"PostgreSQL has archived {segment} and bucket {self.archive.bucket} has it not",
                "make the plugin its WAL archiver",
            )
        return next(iter(found))

    def configuration(self) -> Manifest:
        """Return the barman configuration that it archives by, as it is in the cluster."""
        spec = self.declared()
        store = spec.get("backup", {}).get("barmanObjectStore")
        if store:
            found: Manifest = copy.deepcopy(store)
            found.pop("serverName", None)
            return found
        name = spec["plugins"][0]["parameters"]["barmanObjectName"]
        path = f"/apis/{_STORES}/namespaces/{self.namespace}/objectstores/{name}"
        return dict((self.lab.get(path) or {})["spec"]["configuration"])

    def log(self, container: str) -> str:
        """Return what a container of the primary has said."""
        pod = self.status()["currentPrimary"]
        return self.lab.kube.log(self.namespace, pod, container)

    def recovery_log(self, container: str = "full-recovery") -> str:
        """Return what a container of the pods that restore it has said so far."""
        selector = f"cnpg.io%2Fcluster%3D{self.name},cnpg.io%2FjobRole%3Dfull-recovery"
        path = f"/api/v1/namespaces/{self.namespace}/pods"
        said = []
        for pod in self.lab.kube.items(f"{path}?labelSelector={selector}"):
            with suppress(Fault):  # it has not started
                name = pod["metadata"]["name"]
                said.append(self.lab.kube.log(self.namespace, name, container))
        return "\n".join(said)

    @contextmanager
    def copied(
        self,
        name: str,
        instances: int,
        *,
        parts: Mapping[str, Any] = {},
        **parameters: str,
    ) -> Iterator["Deployed"]:
        """Make an empty Cluster as this one is declared, archiving under its own name.

        The name gets a number, as an archive that another run left must not be written to; two
        copies in one second need two names. `parts` replace those of the spec, where None removes
        one, and `parameters` replace those of the plugin. It is healthy then; archiving is the
        caller's. Afterwards it is removed.
        """
        name = f"{name}-{int(time.time()) % 1_000_000}"
        spec = copy.deepcopy(self.declared())
        spec["instances"] = instances
        if "backup" in spec:
            spec["backup"]["barmanObjectStore"]["serverName"] = name
        else:
            spec["plugins"][0]["parameters"] |= {"serverName": name, **parameters}
        spec = {key: value for key, value in (spec | dict(parts)).items() if value is not None}
        host = f"{name}-rw.{self.namespace}.svc"
        spec["certificates"] = {"serverAltDNSNames": [host]}
        made = replace(self, name=name, host=host, first="")
        self.lab.apply([made.manifest(spec)])
        try:
            made.wait_healthy(instances)
            yield made
        finally:
            made.delete()

    def manifest(self, spec: Mapping[str, Any]) -> Manifest:
        """Return a Cluster of its name with a spec."""
        metadata = {"name": self.name, "namespace": self.namespace}
        return {"apiVersion": _API, "kind": "Cluster", "metadata": metadata, "spec": dict(spec)}

    def burn(self) -> None:
        """Lose WAL and processes of every instance at once, with no farewell, then all of it."""
        for instance in self.status()["instanceNames"]:
            self._kill(instance)
        self.delete()

    def lose(self, instance: str) -> None:
        """Lose one instance and its volume, with no farewell."""
        self._kill(instance)
        self.lab.kube.delete("v1", "PersistentVolumeClaim", instance, self.namespace)
        self.lab.kube.delete("v1", "Pod", instance, self.namespace, grace=0)

    def volume(self, instance: str) -> str:
        """Return the uid of an instance's volume claim, "" where it has none.

        The name says nothing: the operator gives it to what replaces a lost instance.
        """
        claims = f"/api/v1/namespaces/{self.namespace}/persistentvolumeclaims"
        found = self.lab.get(f"{claims}/{instance}") or {}
        return str(found.get("metadata", {}).get("uid", ""))

    def _kill(self, instance: str) -> None:
        # Its WAL first: nothing that is killed later can archive it, nor can what starts again.
        burning = "rm -rf /var/lib/postgresql/data/pgdata/pg_wal; kill -9 -1"
        place = (self.namespace, instance, "postgres")
        try:
            pods.execute(self.lab, place, ["bash", "-c", burning])
        except Fault as fault:
            if "ended with 137" not in str(fault):  # the container ended, and this with it
                raise

    @contextmanager
    def restored(
        self,
        name: str,
        *,
        configuration: Mapping[str, Any] | None = None,
        method: Method = "plugin",
        target: Mapping[str, str] | None = None,
        seconds: float = PATIENCE,
    ) -> Iterator[tuple["Deployed", float]]:
        """Restore its archive next to it into a Cluster `name`; yield it and the seconds it took.

        A targetTime that the archive cannot be restored to is a fault before anything is made; see
        `restoring` for the rest.
        """
        if target and "targetTime" in target:
            read = self.window(configuration).checked(target["targetTime"])
            target = {**target, "targetTime": read}
        began = time.monotonic()
        with self.restoring(
            name, configuration=configuration, method=method, target=target
        ) as made:
            made.wait_healthy(1, seconds)
            yield made, time.monotonic() - began

    @contextmanager
    def restoring(
        self,
        name: str,
        *,
        configuration: Mapping[str, Any] | None = None,
        method: Method = "plugin",
        target: Mapping[str, str] | None = None,
        storage: Mapping[str, str] = _VOLUME,
    ) -> Iterator["Deployed"]:
        """Start to restore its archive next to it into a Cluster `name`; yield it at once.

        Afterwards the restored one is removed. `configuration` is needed where the Cluster itself
        is gone; `method` may be another one than that which wrote the archive. A target is
        handed to PostgreSQL as it is.
        """
        where = dict(configuration or self.configuration())
        host = f"{name}-rw.{self.namespace}.svc"
        made = replace(self, name=name, archive=None, host=host, first="")
        source: Manifest = {"name": self.name}
        manifests: list[Manifest] = []
        if method == "plugin":
            manifests.append(self._store(f"{name}-source", where))
            parameters = {"barmanObjectName": f"{name}-source", "serverName": self.name}
            source["plugin"] = {"name": plugin.NAME, "parameters": parameters}
        else:
            source["barmanObjectStore"] = where | {"serverName": self.name}
        recovery: Manifest = {"source": self.name, "database": self.holds, "owner": self.holds}
        if target:
            recovery["recoveryTarget"] = dict(target)
        spec = {
            "instances": 1,
            "imageName": self.image,
            "storage": dict(storage),
            "resources": {"requests": {"cpu": "20m"}},
            "postgresql": {"parameters": self._wal_sizes()},
            "bootstrap": {"recovery": recovery},
            "externalClusters": [source],
            "plugins": plugin.sidecar_stays(source, name),
        }
        try:
            self.lab.apply([*manifests, made.manifest(spec)])
            yield made
        finally:
            made.delete()
            self.lab.kube.delete(_STORES, "ObjectStore", f"{name}-source", self.namespace)

    def _wal_sizes(self) -> dict[str, str]:
        """Return what WAL may take, as declared: PostgreSQL starts on large segments only by it."""
        spec = (self.lab.get(self.path) or {}).get("spec", {})
        found = spec.get("postgresql", {}).get("parameters", {})
        return {it: found[it] for it in ("min_wal_size", "max_wal_size") if it in found}

    def window(self, configuration: Mapping[str, Any] | None = None) -> Window:
        """Return the window of time that its archive can be restored to."""
        where = configuration or self.configuration()
        return window.look(self.lab, self.namespace, where, self.name, self.image)

    def _store(self, name: str, configuration: Mapping[str, Any]) -> Manifest:
        metadata = {"name": name, "namespace": self.namespace}
        spec = {"configuration": dict(configuration)}
        return {"apiVersion": _STORES, "kind": "ObjectStore", "metadata": metadata, "spec": spec}
