"""A PostgreSQL cluster, managed by CloudNativePG, that archives from its first second."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from components import kube
from components.ceph.buckets import Bucket, bucket
from components.certificates import Ca
from components.kube import Component, Object
from components.postgres.barman import barman, scheduled_backup, wal_restoring
from components.postgres.generation_clusters import Archives, GenerationClusters
from components.postgres.generations import GENERATION
from components.postgres.load_balancers import load_balancer
from components.postgres.monitoring import monitor
from components.postgres.network import POSTGRES
from components.postgres.pooler import pooler, pooler_name
from components.postgres.recovery import Readable
from components.postgres.recovery_jobs import RecoveryJobs
from components.postgres.sidecar import SIDECAR_IMAGE, object_store
from components.postgres.site import other_archive
from components.postgres.site_watch import watch_site
from components.postgres.snapshots import scheduled_snapshot
from components.postgres.spec import PostgresSpec
from components.s3 import Store

_API = "postgresql.cnpg.io/v1"

_BY_NAME = ("metadata.name",)
"""The one of before is deleted first: after a switch that failed on its way it would still be there
when clients go back, and the engine finds its name taken."""


class PostgresCluster(Component):
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
        self._name, self._spec, self._namespace, self._keep = name, spec, namespace, keep
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
        generations = GenerationClusters(
            name,
            spec,
            parent=self,
            namespace=namespace,
            archives=Archives(own=self._readable(archive), copy=copy, other=self._other_site()),
            jobs=self._recovery_jobs(archive, copy) if spec.restored else None,
            drilled=drilled,
            keep=keep,
        )
        cluster = generations.cluster(spec.current)
        switched = generations.others(cluster)
        self._backed_up(cluster)
        self.host = self._reached(cluster, switched)
        self._load_balancers(cluster, switched)
        self._optional(cluster)
        if monitors is not None:
            self._monitored(archive, monitors)

    def _readable(self, archive: Bucket) -> Readable:
        """Return the archive as a recovery reads it; by the plugin it has an ObjectStore."""
        spec = self._spec
        if spec.backup.method == "plugin":
            barman_store = Object(
                f"{self._name}-store",
                parent=self,
                api_version="barmancloud.cnpg.io/v1",
                kind="ObjectStore",
                name=spec.cluster,
                namespace=self._namespace,
                spec=object_store(spec.backup, archive, spec.resources, spec.wal_segment),
                keep=self._keep,
            )
            stored = kube.after_created(barman_store)
        else:
            stored = pulumi.Output.from_input(spec.cluster)
        return Readable(
            store=stored,
            configuration=barman(spec.backup, archive, spec.wal_segment),
            in_pod=archive.in_pod,
        )

    def _other_site(self) -> Readable | None:
        """Return the archive of the other site, if the database has one."""
        spec = self._spec
        if spec.site is None:
            return None
        return other_archive(
            f"{self._name}-site-store",
            f"{spec.cluster}-site",
            spec.site,
            wal_restoring(spec.backup, spec.wal_segment, partial=True),
            parent=self,
            namespace=self._namespace,
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

    def _backed_up(self, cluster: Object) -> None:
        """Declare the schedule of base backups of the active generation."""
        spec = self._spec
        Object(
            f"{self._name}-backup",
            parent=self,
            api_version=_API,
            kind="ScheduledBackup",
            # Another generation has another schedule, which makes a base backup at once: after a
            # major upgrade as soon as the primary runs the new image (backup_controller.go,
            # ErrPrimaryImageNeedsUpdate).
            name=f"{spec.current.name}-backup",
            namespace=self._namespace,
            spec=scheduled_backup(spec.backup, cluster.name),
            replace_on=_BY_NAME,
        )

    def _reached(self, cluster: Object, switched: Sequence[pulumi.Resource]) -> pulumi.Output[str]:
        """Declare the Service that leads to the active generation; return its host name."""
        spec = self._spec
        service = Object(
            f"{self._name}-service",
            parent=self,
            api_version="v1",
            kind="Service",
            name=spec.service_name,
            namespace=self._namespace,
            labels={GENERATION: str(spec.current.number)} if spec.restored else {},
            spec=primary_service(cluster.name),
            # No client is sent to another generation while the one before accepts writes.
            after=switched,
        )
        return kube.when_ready(service, spec.host)

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
                # While Kubernetes deletes first what the operator made for it, the operator makes
                # that again, for minutes (pooler_controller.go, v1.30.0; seen in the lab).
                operator_deletes=True,
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

    def _monitored(self, archive: Bucket, monitors: Mapping[str, str]) -> None:
        """Declare what Prometheus reads of it, and its alerts."""
        spec = self._spec
        monitor(
            self._name,
            spec,
            parent=self,
            namespace=self._namespace,
            labels=monitors,
            disposable=not self._keep,
        )
        if spec.site and spec.is_replica:
            watch_site(
                self._name,
                spec,
                spec.site,
                parent=self,
                namespace=self._namespace,
                own=archive.in_pod,
                labels=monitors,
                disposable=not self._keep,
            )


def primary_service(cluster: pulumi.Input[str]) -> Mapping[str, Any]:
    """Return the `spec` of a Service that reaches the primary of *cluster*."""
    return {
        "type": "ClusterIP",
        "ports": [
            {"name": "postgres", "port": POSTGRES, "targetPort": POSTGRES, "protocol": "TCP"}
        ],
        "selector": {"cnpg.io/cluster": cluster, "cnpg.io/instanceRole": "primary"},
    }
