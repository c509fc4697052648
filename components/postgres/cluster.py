"""A PostgreSQL cluster, managed by CloudNativePG, that archives from its first second."""

from collections.abc import Mapping
from typing import Any

import pulumi

from components import kube
from components.ceph.buckets import bucket
from components.ceph.object_store import Store
from components.certificates import Ca
from components.kube import Object
from components.monitoring.pod_monitor import pod_monitor
from components.postgres.archive import (
    in_tree_archiving,
    object_store,
    plugin_archiving,
    scheduled_backup,
)
from components.postgres.network import POSTGRES
from components.postgres.placement import placement, resources
from components.postgres.pooler import pooler, pooler_name
from components.postgres.replication import synchronous
from components.postgres.roles import database, database_name, managed_roles
from components.postgres.snapshots import scheduled_snapshot, snapshot_settings
from components.postgres.spec import PostgresSpec
from components.postgres.timers import timers
from components.postgres.wal import slot_parameters

_KEPT = ("cnpg.io/cluster",)
"""Few of CloudNativePG's metrics say their cluster (pg_collector.go); the pod's label does."""

_API = "postgresql.cnpg.io/v1"


class PostgresCluster(pulumi.ComponentResource):
    """A Cluster, its bucket, its ObjectStore (plugin), its ScheduledBackup and its Service.

    If declared, also further databases, a Pooler, scheduled snapshots and PodMonitors.
    """

    host: pulumi.Output[str]
    """The host name that always reaches the primary."""

    def __init__(
        self,
        name: str,
        spec: PostgresSpec,
        *,
        namespace: pulumi.Input[str],
        store: Store,
        ca: Ca,
        monitors: Mapping[str, str] | None,
        keep: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare them; *monitors* are the labels of its PodMonitors, None: it has none."""
        super().__init__("tier0:postgres:PostgresCluster", name, opts=opts)
        archive = bucket(
            name,
            spec.backup.bucket,
            parent=self,
            namespace=namespace,
            store=store,
            ca=ca,
            keep=keep,
        )
        if spec.backup.method == "plugin":
            barman_store = Object(
                f"{name}-store",
                parent=self,
                api_version="barmancloud.cnpg.io/v1",
                kind="ObjectStore",
                name=spec.cluster,
                namespace=namespace,
                spec=object_store(spec.backup, archive, spec.resources),
                keep=keep,
            )
            archiving = plugin_archiving(spec.server_name, kube.after_created(barman_store))
        else:
            archiving = in_tree_archiving(spec.server_name, spec.backup, archive)
        if spec.snapshots:
            archiving["backup"] = archiving.get("backup", {}) | snapshot_settings(spec.snapshots)
        cluster = Object(
            f"{name}-cluster",
            parent=self,
            api_version=_API,
            kind="Cluster",
            name=spec.cluster,
            namespace=namespace,
            spec=cluster_spec(spec) | archiving,
            keep=keep,
        )
        Object(
            f"{name}-backup",
            parent=self,
            api_version=_API,
            kind="ScheduledBackup",
            # Another generation has another schedule, which makes a base backup at once: as soon as
            # the primary runs the new image (backup_controller.go, ErrPrimaryImageNeedsUpdate).
            name=f"{spec.server_name}-backup",
            namespace=namespace,
            spec=scheduled_backup(spec.backup, cluster.name),
        )
        service = Object(
            f"{name}-service",
            parent=self,
            api_version="v1",
            kind="Service",
            name=spec.service_name,
            namespace=namespace,
            spec=primary_service(cluster.name),
        )
        self.host = kube.when_ready(service, spec.host)
        self._beside(name, spec, cluster=cluster, namespace=namespace, keep=keep)
        if monitors is not None:
            self._monitored(name, spec, namespace, monitors)

    def _beside(
        self,
        name: str,
        spec: PostgresSpec,
        *,
        cluster: Object,
        namespace: pulumi.Input[str],
        keep: bool,
    ) -> None:
        """Declare the optional objects of a database."""
        for called, further in spec.databases.items():
            Object(
                f"{name}-database-{called}",
                parent=self,
                api_version=_API,
                kind="Database",
                name=database_name(spec.cluster, called),
                namespace=namespace,
                spec=database(called, further, cluster.name),
                keep=keep,
            )
        if spec.pooler:
            Object(
                f"{name}-pooler",
                parent=self,
                api_version=_API,
                kind="Pooler",
                name=pooler_name(spec.cluster),
                namespace=namespace,
                spec=pooler(spec.pooler, pooler_name(spec.cluster), cluster.name),
            )
        if spec.snapshots:
            Object(
                f"{name}-snapshot",
                parent=self,
                api_version=_API,
                kind="ScheduledBackup",
                name=f"{spec.cluster}-snapshot",
                namespace=namespace,
                spec=scheduled_snapshot(spec.snapshots, cluster.name),
            )

    def _monitored(
        self,
        name: str,
        spec: PostgresSpec,
        namespace: pulumi.Input[str],
        labels: Mapping[str, str],
    ) -> None:
        """Declare PodMonitors for its pods."""
        pod_monitor(
            name,
            spec.cluster,
            parent=self,
            namespace=namespace,
            pods={"cnpg.io/cluster": spec.cluster, "cnpg.io/podRole": "instance"},
            labels=labels,
            kept=_KEPT,
        )
        if spec.pooler:
            pod_monitor(
                f"{name}-pooler",
                pooler_name(spec.cluster),
                parent=self,
                namespace=namespace,
                pods={"cnpg.io/poolerName": pooler_name(spec.cluster)},
                labels=labels,
                kept=_KEPT,
            )


def cluster_spec(spec: PostgresSpec) -> dict[str, Any]:
    """Return `Cluster.spec` without its archiving."""
    names = [name for host in spec.hosts for name in (host, f"{host}.cluster.local")]
    archive_timeout = {"archive_timeout": f"{spec.objectives.archive_timeout_seconds}s"}
    return {
        "instances": spec.instances,
        "imageName": spec.image,
        **_volumes(spec),
        **resources(spec.resources),
        **placement(spec.placement, spec.cluster),
        **timers(spec.timers),
        "enableSuperuserAccess": False,
        "bootstrap": {
            "initdb": {"database": spec.database, "owner": spec.owner, "dataChecksums": True}
        },
        **managed_roles(spec.roles),
        "certificates": {"serverAltDNSNames": names},
        "postgresql": {
            "parameters": archive_timeout | slot_parameters(spec) | dict(spec.parameters),
            **synchronous(spec.synchronous),
        },
    }


def _volumes(spec: PostgresSpec) -> dict[str, Any]:
    """Return the part of `Cluster.spec` with the volumes of an instance."""

    def volume(size: str, storage_class: str | None) -> dict[str, str]:
        return {"size": size} | ({"storageClass": storage_class} if storage_class else {})

    data = {"storage": volume(spec.storage, spec.storage_class)}
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
