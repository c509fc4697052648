"""A PostgreSQL cluster, managed by CloudNativePG, that archives from its first second."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from components import kube
from components.ceph.buckets import Bucket, bucket
from components.certificates import Ca
from components.kube import Object
from components.kube.readiness import FOLLOWS
from components.postgres.archive import (
    SEGMENT,
    barman,
    in_tree_archiving,
    plugin_archiving,
    scheduled_backup,
    wal_restoring,
)
from components.postgres.extensions import loaded
from components.postgres.generations import ACTIVE, FENCED, GENERATION, SEGMENT_SIZE, Generation
from components.postgres.heartbeat import CLIENTS, heartbeat
from components.postgres.imports import import_source, initdb_import
from components.postgres.instances import environment, pull_secrets, update_method
from components.postgres.lineage import promoted
from components.postgres.load_balancers import load_balancer
from components.postgres.metadata import inherited_metadata
from components.postgres.monitoring import monitor
from components.postgres.network import POSTGRES
from components.postgres.placement import placement
from components.postgres.pooler import pooler, pooler_name
from components.postgres.recovery import Readable, recovery
from components.postgres.recovery_jobs import RecoveryJobs
from components.postgres.replication import synchronous
from components.postgres.resources import page_parameters, resources
from components.postgres.roles import ApplicationSpec, database, database_name, managed_roles
from components.postgres.sidecar import SIDECAR_IMAGE, object_store
from components.postgres.site import LOST, SITE, other_archive, role_of, topology
from components.postgres.site_watch import watch_site
from components.postgres.snapshots import scheduled_snapshot, snapshot_settings
from components.postgres.spec import PostgresSpec, major_of
from components.postgres.tablespaces import tablespaces
from components.postgres.timers import timers
from components.postgres.wal import (
    logical_parameters,
    logical_slots,
    slot_parameters,
    wal_parameters,
)
from components.s3 import Store
from components.spec.words import seconds

_API = "postgresql.cnpg.io/v1"

_BY_NAME = ("metadata.name",)
"""The one of before is deleted first: after a switch that failed on its way it would still be there
when clients go back, and the engine finds its name taken."""

STOPPED = {FENCED: '["*"]'}
"""Annotation of a Cluster that accepts no writes.

Fencing stops PostgreSQL at once, whatever the state of the Cluster, and starts it again in seconds:
the last commit came 0.2 s after it, the first one 2.8 s after its end. Hibernation first waits for
a healthy Cluster, and then for clients (measured: 15 s of further commits)."""


class PostgresCluster(pulumi.ComponentResource):
    """A Cluster, its bucket, its ObjectStore (plugin), its ScheduledBackup and its Service.

    If declared, also further generations, further databases, a Pooler, scheduled snapshots, and
    PodMonitors with alerts.
    """

    host: pulumi.Output[str]
    """The host name that always reaches the primary."""

    def __init__(  # noqa: PLR0913 - what it needs of others, each by its name
        self,
        name: str,
        spec: PostgresSpec,
        *,
        namespace: pulumi.Input[str],
        store: Store,
        ca: Ca | None,
        copy: Readable | None,
        monitors: Mapping[str, str] | None,
        drilled: bool,
        reader: str | None,
        keep: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare them; *monitors* are the labels of its PodMonitors and alerts, None: it has none.

        *copy* is the off-site copy of its archives; *reader* is the CephObjectStoreUser that may
        read a claimed bucket too. If it is *drilled*, each generation has the database that drills
        write into.
        """
        super().__init__("tier0:postgres:PostgresCluster", name, opts=opts)
        archive = bucket(
            name,
            spec.backup.bucket,
            parent=self,
            namespace=namespace,
            store=store,
            ca=ca,
            keep=keep,
            reader=reader,
        )
        if spec.backup.method == "plugin":
            barman_store = Object(
                f"{name}-store",
                parent=self,
                api_version="barmancloud.cnpg.io/v1",
                kind="ObjectStore",
                name=spec.cluster,
                namespace=namespace,
                spec=object_store(spec.backup, archive, spec.resources, spec.wal_segment),
                keep=keep,
            )
            stored = kube.after_created(barman_store)
        else:
            stored = pulumi.Output.from_input(spec.cluster)
        own = Readable(
            store=stored,
            configuration=barman(spec.backup, archive, spec.wal_segment),
            in_pod=archive.in_pod,
        )
        other = (
            other_archive(
                f"{name}-site-store",
                f"{spec.cluster}-site",
                spec.site,
                wal_restoring(spec.backup, spec.wal_segment, partial=True),
                parent=self,
                namespace=namespace,
            )
            if spec.site
            else None
        )
        self._own, self._other = own, other
        self._readable: Mapping[str, Readable | None] = {"archive": own, "offsite": copy}
        self._name, self._spec, self._namespace, self._keep = name, spec, namespace, keep
        self._drilled = drilled
        self._jobs = self._recovery_jobs(archive, copy) if spec.restored else None
        current = spec.current
        cluster = self._cluster(current)
        switched = self._other_generations(cluster)
        Object(
            f"{name}-backup",
            parent=self,
            api_version=_API,
            kind="ScheduledBackup",
            # Another generation has another schedule, which makes a base backup at once: after a
            # major upgrade as soon as the primary runs the new image (backup_controller.go,
            # ErrPrimaryImageNeedsUpdate).
            name=f"{current.name}-backup",
            namespace=namespace,
            spec=scheduled_backup(spec.backup, cluster.name),
            replace_on=_BY_NAME,
        )
        service = Object(
            f"{name}-service",
            parent=self,
            api_version="v1",
            kind="Service",
            name=spec.service_name,
            namespace=namespace,
            labels={GENERATION: str(current.number)} if spec.restored else {},
            spec=primary_service(cluster.name),
            # No client is sent to another generation while the one before accepts writes.
            after=switched,
        )
        self.host = kube.when_ready(service, spec.host)
        self._load_balancers(cluster, switched)
        self._optional(cluster)
        if monitors is not None:
            monitor(
                name, spec, parent=self, namespace=namespace, labels=monitors, disposable=not keep
            )
        if monitors is not None and spec.site and spec.is_replica:
            watch_site(
                name,
                spec,
                spec.site,
                parent=self,
                namespace=namespace,
                own=archive.in_pod,
                labels=monitors,
                disposable=not keep,
            )

    def _recovery_jobs(self, archive: Bucket, copy: Readable | None) -> RecoveryJobs:
        return RecoveryJobs(
            self._name,
            self._spec,
            parent=self,
            namespace=self._namespace,
            archive=archive.in_pod,
            copies=copy.in_pod if copy else None,
            image=SIDECAR_IMAGE,
        )

    def _other_generations(self, cluster: Object) -> list[Object]:
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
                self._cluster(it)
        if jobs is None:
            return []
        ready = [cluster]
        if spec.current.restored:
            ready.append(jobs.proof(spec.current, kube.after_created(cluster)))
        jobs.keep(kube.after_created(cluster))
        ready += [self._cluster(it, after=ready) for it in left]
        return [jobs.stopped(spec.current, [*left, *gone], ready)] if left or gone else ready

    def _cluster(self, generation: Generation, after: Sequence[pulumi.Resource] = ()) -> Object:
        """Declare the Cluster of a generation, and the further databases in it."""
        spec, name = self._spec, self._name + of_generation(generation.cluster, self._spec.cluster)
        keep = self._keep and generation.state != "retired"
        restores = (generation.restored or generation.follows) and generation.runs
        if self._jobs:
            # By it a change of what is declared is judged before anything of it is made.
            after = [*after, self._jobs.program]
            if restores:
                after = [*after, self._jobs.prepare(generation)]
        cluster = Object(
            f"{name}-cluster",
            parent=self,
            api_version=_API,
            kind="Cluster",
            name=generation.cluster,
            namespace=self._namespace,
            labels=marks(spec, generation, keep=keep),
            annotations=notes(spec, generation),
            # It may take longer than the engine waits for an object without a limit.
            within=_within(spec, restores=bool(restores)) if generation.runs else None,
            waits=generation.runs,
            spec=cluster_spec(spec, generation, drilled=self._drilled)
            | self._archiving(generation)
            | self._sited(generation, self._restored(generation)),
            keep=keep,
            after=after,
        )
        for called, contents in spec.contents.items():
            further = spec.databases.get(called)
            Object(
                f"{name}-database-{called}",
                parent=self,
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
                parent=self,
                namespace=self._namespace,
                running=cluster.name,
                waits=generation.runs,
            )
        return cluster

    def _archiving(self, generation: Generation) -> dict[str, Any]:
        """Return the part of a generation's `Cluster.spec` that archives it."""
        spec, archive = self._spec, self._own
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

    def _restored(self, generation: Generation) -> dict[str, Any]:
        """Return the part of a generation's `Cluster.spec` that says from where it comes."""
        spec = self._spec
        first = next(it for it in spec.lineage if it.name == generation.cluster)
        restored, followed = first.restored, first.follows
        if followed:
            server_name, source = followed.server_name, self._other
        elif restored:
            server_name = spec.server_names[restored.source - 1]
            source = self._readable[restored.store]
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
        spec = self._spec
        if spec.site is None or self._other is None:
            return restored
        return restored | topology(
            spec.site,
            generation.server_name,
            active=generation.state == "active",
            promoted=generation.cluster == promoted(spec),
            stores={
                generation.server_name: self._own.store,
                spec.site.server_name: self._other.store,
            },
            sources=restored.get("externalClusters", ()),
        )

    def _load_balancers(self, cluster: Object, switched: Sequence[pulumi.Resource]) -> None:
        """Declare the Services that lead to the active generation from outside."""
        spec = self._spec
        for called, balancer in spec.load_balancers.items():
            Object(
                f"{self._name}-service-{called}",
                parent=self,
                api_version="v1",
                kind="Service",
                name=called,
                namespace=self._namespace,
                labels={GENERATION: str(spec.current.number)} if spec.restored else {},
                annotations=balancer.annotations,
                spec=load_balancer(balancer, cluster.name),
                after=switched,
                # Its address may never come, and the database works without.
                waits=False,
                replace_on=["spec.loadBalancerClass"],
            )

    def _optional(self, cluster: Object) -> None:
        """Declare what the active generation has if it is declared."""
        spec, name = self._spec, self._name
        for reached, pool in spec.poolers.items():
            called = pooler_name(spec.cluster, reached)
            Object(
                f"{name}-pooler" if reached == "rw" else f"{name}-pooler-{reached}",
                parent=self,
                api_version=_API,
                kind="Pooler",
                name=called,
                namespace=self._namespace,
                spec=pooler(pool, called, cluster.name, reached),
                # "cluster reference is immutable after creation" (pooler_types.go, v1.30.0).
                replace_on=["spec.cluster"],
            )
        if spec.snapshots:
            Object(
                f"{name}-snapshot",
                parent=self,
                api_version=_API,
                kind="ScheduledBackup",
                name=f"{spec.current.cluster}-snapshot",
                namespace=self._namespace,
                spec=scheduled_snapshot(spec.snapshots, cluster.name),
                replace_on=_BY_NAME,
            )


def _within(spec: PostgresSpec, *, restores: bool) -> int | None:
    """Return how long a Cluster's restore or import may take, in seconds; None if it has none."""
    if restores:
        return max(kube.OBJECT_SECONDS, seconds(spec.objectives.rto))
    if spec.import_from:
        return max(kube.OBJECT_SECONDS, seconds(spec.import_from.deadline))
    return None


def of_generation(cluster: str, first: str) -> str:
    """Return what the names of resources of a generation's Cluster have more than the *first*'s."""
    return f".{cluster[len(first) + 1 :]}" if cluster != first else ""


def marks(spec: PostgresSpec, generation: Generation, *, keep: bool) -> Mapping[str, str]:
    """Return the labels by which the API server and the rules of changes know a generation.

    A database of one site that was never restored has none (policies.py, changes.py).
    """
    site = {SITE: role_of(spec.site, generation)} if spec.site else {}
    if not spec.restored:
        return site
    number = next(it.number for it in spec.lineage if it.name == generation.cluster)
    active = {ACTIVE: "true"} if keep and generation.state == "active" else {}
    size = {SEGMENT_SIZE: str(spec.wal_segment)} if spec.wal_segment != SEGMENT else {}
    return {GENERATION: str(number)} | active | size | site


def notes(spec: PostgresSpec, generation: Generation) -> Mapping[str, str]:
    """Return the annotations of a generation's Cluster: by them it is stopped, or promoted."""
    if not generation.runs:
        return STOPPED
    lost = spec.site.lost if spec.site and generation.state == "active" else None
    return {LOST: lost} if lost else {}


def follows(spec: PostgresSpec, generation: Generation) -> bool:
    """Return whether a generation follows the other site, and accepts no writes."""
    return spec.is_replica and generation.state == "active"


def cluster_spec(
    spec: PostgresSpec, generation: Generation, *, drilled: bool = False
) -> dict[str, Any]:
    """Return the `Cluster.spec` of a generation without its archiving and its recovery."""
    inner = [it for it in spec.hosts if it not in spec.outer_hosts]
    names = [name for host in inner for name in (host, f"{host}.cluster.local")]
    archive_timeout = {"archive_timeout": f"{spec.objectives.archive_timeout_seconds}s"}
    return {
        "instances": spec.instances,
        "imageName": generation.image,
        **pull_secrets(spec.image_pull_secrets),
        **volumes(spec),
        **resources(spec.resources),
        **placement(spec.placement, generation.cluster),
        **inherited_metadata(spec.inherited_metadata),
        **timers(spec.timers),
        **update_method(spec.primary_update_method),
        "enableSuperuserAccess": spec.superuser_access,
        **({"superuserSecret": {"name": spec.superuser_secret}} if spec.superuser_secret else {}),
        "bootstrap": {
            "initdb": {
                "database": spec.database,
                "owner": spec.owner,
                **({"secret": {"name": spec.owner_secret}} if spec.owner_secret else {}),
                "dataChecksums": True,
                **_once(spec.application),
                **initdb_import(spec.import_from),
                **({"walSegmentSize": spec.wal_segment} if spec.wal_segment != SEGMENT else {}),
            }
        },
        **managed_roles(spec.roles),
        **logical_slots(spec, generation),
        "certificates": {"serverAltDNSNames": [*names, *spec.outer_hosts]},
        "postgresql": {
            "parameters": archive_timeout
            | wal_parameters(spec, generation)
            | slot_parameters(spec)
            | page_parameters(spec.resources)
            | logical_parameters(spec, generation)
            | dict(spec.parameters),
            **loaded(
                spec.shared_preload_libraries,
                spec.extension_images,
                major=major_of(generation.image),
                of=spec.major,
            ),
            **synchronous(spec.synchronous),
            **_lines([*(CLIENTS if drilled else ()), *spec.pg_hba]),
        },
    }


def _once(application: ApplicationSpec | None) -> dict[str, Any]:
    """Return the part of `initdb` that fills the application's database."""
    statements = list(application.post_init_sql) if application else []
    return {"postInitApplicationSQL": statements} if statements else {}


def _lines(pg_hba: Sequence[str]) -> dict[str, Any]:
    """Return the part of `postgresql` with lines of pg_hba.conf, the drills' first.

    None of a database's own lines may keep drills out.
    """
    return {"pg_hba": pg_hba} if pg_hba else {}


def volumes(spec: PostgresSpec) -> dict[str, Any]:
    """Return the part of `Cluster.spec` with the volumes of an instance, tablespaces too."""

    def volume(size: str, storage_class: str | None) -> dict[str, str]:
        return {"size": size} | ({"storageClass": storage_class} if storage_class else {})

    data = {"storage": volume(spec.storage, spec.storage_class), **tablespaces(spec.tablespaces)}
    if spec.wal_storage is None:
        return data
    return data | {"walStorage": volume(spec.wal_storage, spec.wal_storage_class)}


def primary_service(cluster: pulumi.Input[str]) -> Mapping[str, Any]:
    """Return the `spec` of a Service that reaches the primary of *cluster*."""
    return {
        "type": "ClusterIP",
        "ports": [
            {"name": "postgres", "port": POSTGRES, "targetPort": POSTGRES, "protocol": "TCP"}
        ],
        "selector": {"cnpg.io/cluster": cluster, "cnpg.io/instanceRole": "primary"},
    }
