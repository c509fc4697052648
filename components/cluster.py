"""A PostgreSQL cluster of CloudNativePG that archives from its first second."""

from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_kubernetes as kubernetes

from components import kube
from components.archive import (
    in_tree_archiving,
    object_store,
    plugin_archiving,
    scheduled_backup,
)
from components.certificates import Ca
from components.kube import CustomResource
from components.object_store import Store, bucket
from components.postgres import PostgresSpec

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import ServiceSpecArgsDict

PORT = 5432

SMART_SHUTDOWN_SECONDS = 15
"""How long a planned stop waits for clients to leave by themselves, then it sends them away.

Meanwhile new connections are refused while old ones stay, so an application with a pool is half
served: CloudNativePG's default of 180 s would be that long an outage at each planned restart of a
single instance (198 s measured, 18 of them work).
"""


class PostgresCluster(pulumi.ComponentResource):
    """A Cluster, its bucket, its ObjectStore (plugin), its ScheduledBackup and its Service."""

    host: pulumi.Output[str]
    """The name that always reaches the primary."""

    def __init__(
        self,
        name: str,
        spec: PostgresSpec,
        *,
        namespace: pulumi.Input[str],
        store: Store,
        ca: Ca,
        keep: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
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
            barman_store = CustomResource(
                f"{name}-store",
                parent=self,
                api_version="barmancloud.cnpg.io/v1",
                kind="ObjectStore",
                name=spec.cluster,
                namespace=namespace,
                spec=object_store(spec.backup, archive),
                keep=keep,
            )
            archiving = plugin_archiving(spec.server_name, kube.once_made(barman_store))
        else:
            archiving = in_tree_archiving(spec.server_name, spec.backup, archive)
        cluster = CustomResource(
            f"{name}-cluster",
            parent=self,
            api_version="postgresql.cnpg.io/v1",
            kind="Cluster",
            name=spec.cluster,
            namespace=namespace,
            spec=cluster_spec(spec) | archiving,
            # Ready alone says nothing of the archive: a cluster is healthy while every WAL
            # segment is refused (CloudNativePG #6137).
            ready='["condition=Ready","condition=ContinuousArchiving"]',
            keep=keep,
        )
        CustomResource(
            f"{name}-backup",
            parent=self,
            api_version="postgresql.cnpg.io/v1",
            kind="ScheduledBackup",
            name=f"{spec.cluster}-backup",
            namespace=namespace,
            spec=scheduled_backup(spec.backup, cluster.name),
        )
        service = kubernetes.core.v1.Service(
            f"{name}-service",
            metadata=kube.metadata(spec.cluster, namespace),
            spec=primary_service(cluster.name),
            opts=kube.child(self),
        )
        self.host = service.metadata["name"].apply(lambda _: spec.host)


def cluster_spec(spec: PostgresSpec) -> dict[str, Any]:
    """Return `Cluster.spec` without its archiving."""
    storage = {"size": spec.storage}
    if spec.storage_class:
        storage["storageClass"] = spec.storage_class
    return {
        "instances": spec.instances,
        "imageName": spec.image,
        "storage": storage,
        "smartShutdownTimeout": SMART_SHUTDOWN_SECONDS,
        "enableSuperuserAccess": False,
        "bootstrap": {
            "initdb": {"database": spec.database, "owner": spec.owner, "dataChecksums": True}
        },
        "certificates": {"serverAltDNSNames": [spec.host, f"{spec.host}.cluster.local"]},
        "postgresql": {
            "parameters": {"archive_timeout": f"{spec.objectives.archive_timeout_seconds}s"}
        }
        | synchronous(spec),
    }


def synchronous(spec: PostgresSpec) -> dict[str, Any]:
    """Return the part of `Cluster.spec.postgresql` that makes commits wait for one replica.

    Which replica that was is not known: without `failoverQuorum` the operator promotes what
    answers, and where only one does, that may be the other.
    """
    if spec.synchronous is None:
        return {}
    return {
        "synchronous": {
            "method": "any",
            "number": 1,
            "dataDurability": spec.synchronous,
            "failoverQuorum": spec.synchronous == "required",
        }
    }


def primary_service(cluster: pulumi.Input[str]) -> "ServiceSpecArgsDict":
    """Return the `spec` of a Service that reaches the primary of *cluster*."""
    return {
        "type": "ClusterIP",
        "ports": [{"name": "postgres", "port": PORT, "target_port": PORT, "protocol": "TCP"}],
        "selector": {"cnpg.io/cluster": cluster, "cnpg.io/instanceRole": "primary"},
    }
