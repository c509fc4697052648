"""The Clusters of a database's generations: each with its archive and where it comes from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components import kube
from components.kube import Object
from components.kube.readiness import FOLLOWS
from components.postgres.barman import in_tree_archiving, plugin_archiving
from components.postgres.cluster_spec import cluster_spec
from components.postgres.generations import Generation, first_in
from components.postgres.heartbeat import heartbeat
from components.postgres.import_job import source_job
from components.postgres.imports import import_source
from components.postgres.instances import environment
from components.postgres.lineage import promoted
from components.postgres.marks import follows, marks, notes
from components.postgres.recovery import Readable, recovery
from components.postgres.recovery_jobs import RecoveryJobs
from components.postgres.roles import database, database_name
from components.postgres.site import topology
from components.postgres.snapshots import snapshot_settings
from components.postgres.spec import PostgresSpec
from components.spec.words import seconds

_API = "postgresql.cnpg.io/v1"


@dataclass(frozen=True, kw_only=True)
class Archives:
    """The archives that a generation is written to and restored from."""

    own: Readable
    copy: Readable | None
    """The off-site copy of it."""

    other: Readable | None
    """The other site's."""


class GenerationClusters:
    """The Clusters of one database, and what is in each."""

    def __init__(
        self,
        name: str,
        spec: PostgresSpec,
        *,
        parent: pulumi.Resource,
        namespace: pulumi.Input[str],
        archives: Archives,
        jobs: RecoveryJobs | None,
        drilled: bool,
        keep: bool,
    ) -> None:
        """Declare nothing yet; *jobs* are the programs of a database that was restored."""
        self._name, self._spec, self._parent, self._namespace = name, spec, parent, namespace
        self._archives, self._jobs, self._drilled, self._keep = archives, jobs, drilled, keep

    def others(self, cluster: Object) -> list[Object]:
        """Declare the generations that are not active; return what the switch to it waits for.

        Those that clients leave are stopped once it runs and is proved, so that they wait for the
        seconds between.
        """
        spec, jobs = self._spec, self._jobs
        left = [it for it in spec.lineage if it.state in ("stopped", "retired")]
        # One that Argo CD keeps, as it holds data, is not deleted, and may accept writes.
        gone = [it for it in spec.lineage if it.state == "removed"]
        for it in spec.lineage:
            if it.state == "candidate":
                self.cluster(it)
        if jobs is None:
            return []
        ready = [cluster]
        if spec.current.restored:
            ready.append(jobs.proof(spec.current, kube.after_created(cluster)))
        jobs.keep(kube.after_created(cluster))
        ready += [self.cluster(it, after=ready) for it in left]
        return [jobs.stopped(spec.current, [*left, *gone], ready)] if left or gone else ready

    def cluster(self, generation: Generation, after: Sequence[pulumi.Resource] = ()) -> Object:
        """Declare the Cluster of a generation, and the further databases in it."""
        spec, name = self._spec, self._name + _of_generation(generation.cluster, self._spec.cluster)
        keep = self._keep and generation.state != "retired"
        first = first_in(generation.cluster, spec.lineage)
        restores = generation.runs and bool(generation.restored or generation.follows)
        imports = generation.runs and first.origin is None
        cluster = Object(
            f"{name}-cluster",
            parent=self._parent,
            api_version=_API,
            kind="Cluster",
            name=generation.cluster,
            namespace=self._namespace,
            labels=marks(spec, generation, keep=keep),
            annotations=notes(spec, generation),
            # It may take longer than the engine waits for an object without a limit.
            within=_within(spec, restores=restores) if generation.runs else None,
            waits=generation.runs,
            spec=cluster_spec(spec, generation, drilled=self._drilled)
            | self._archiving(generation)
            | self._sited(generation, self._restored(first)),
            keep=keep,
            after=[*after, *self._judged(name, generation, restores=restores, imports=imports)],
        )
        for called, contents in spec.contents.items():
            further = spec.databases.get(called)
            Object(
                f"{name}-database-{called}",
                parent=self._parent,
                api_version=_API,
                kind="Database",
                name=database_name(generation.cluster, called),
                namespace=self._namespace,
                spec=database(
                    called, further.owner if further else spec.owner, contents, cluster.name
                ),
                # That of the application adds to what the Cluster itself creates.
                keep=keep and further is not None,
                annotations={FOLLOWS: "true"} if follows(spec, generation) else {},
                # Its finalizer is removed in a running instance, or with the Cluster. It is applied
                # in a primary (database_controller.go, v1.30.0).
                waits=generation.runs and not follows(spec, generation),
            )
        if self._drilled:
            heartbeat(
                name,
                generation.cluster,
                parent=self._parent,
                namespace=self._namespace,
                running=cluster.name,
                waits=generation.runs,
            )
        return cluster

    def _judged(
        self, name: str, generation: Generation, *, restores: bool, imports: bool
    ) -> list[pulumi.Resource]:
        """Declare the Jobs that judge whether a Cluster can be made; return what it waits for."""
        spec, jobs, judged = self._spec, self._jobs, list[pulumi.Resource]()
        if jobs:
            # By it a change of what is declared is judged before anything of it is made.
            judged.append(jobs.program)
            if restores:
                judged.append(jobs.prepare(generation))
        if spec.imported and imports:
            judged.append(
                source_job(
                    name, spec, spec.imported, parent=self._parent, namespace=self._namespace
                )
            )
        return judged

    def _archiving(self, generation: Generation) -> dict[str, Any]:
        """Return the part of a generation's `Cluster.spec` that archives it."""
        spec, archive = self._spec, self._archives.own
        if spec.backup.method == "plugin":
            found = plugin_archiving(generation.server_name, archive.store)
        else:
            found = in_tree_archiving(
                generation.server_name, spec.backup, archive.configuration, archive.in_pod.region
            )
        if spec.env:
            found["env"] = [*found.get("env", []), *environment(spec.env)]
        if spec.snapshots:
            found["backup"] = found.get("backup", {}) | snapshot_settings(spec.snapshots)
        return found

    def _restored(self, first: Generation) -> dict[str, Any]:
        """Return the part of `Cluster.spec` that says where the *first* generation is from."""
        spec, archives = self._spec, self._archives
        restored, followed = first.restored, first.follows
        if followed:
            server_name, source = followed.server_name, archives.other
        elif restored:
            server_name = spec.server_names[restored.source - 1]
            source = archives.own if restored.store == "archive" else archives.copy
        else:
            return import_source(spec.import_from)
        assert source is not None  # noqa: S101 - a rule has seen that there is one
        return recovery(
            restored,
            server_name=server_name,
            readable=source,
            plugin=spec.backup.method == "plugin",
            database=spec.database,
            owner=spec.owner,
            secret=spec.credentials,
        )

    def _sited(self, generation: Generation, restored: dict[str, Any]) -> dict[str, Any]:
        """Return *restored* with what a generation is to the other site, if there is one."""
        spec, own, other = self._spec, self._archives.own, self._archives.other
        if spec.site is None or other is None:
            return restored
        return restored | topology(
            spec.site,
            generation.server_name,
            active=generation.state == "active",
            promoted=generation.cluster == promoted(spec),
            stores={
                generation.server_name: own.store,
                spec.site.server_name: other.store,
            },
            sources=restored.get("externalClusters", ()),
        )


def _within(spec: PostgresSpec, *, restores: bool) -> int | None:
    """Return how long a Cluster's restore or import may take, in seconds; None if it has none."""
    if restores:
        return max(kube.OBJECT_SECONDS, seconds(spec.objectives.rto))
    if spec.import_from:
        return max(kube.OBJECT_SECONDS, seconds(spec.import_from.deadline))
    return None


def _of_generation(cluster: str, first: str) -> str:
    """Return what the names of resources of a generation's Cluster have more than the *first*'s."""
    return f".{cluster[len(first) + 1 :]}" if cluster != first else ""
