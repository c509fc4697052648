"""The objects of a clone: a namespace of one Cluster, that ends by itself.

See docs/decisions/0030.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.kube.program import restricted_pod
from components.postgres import PostgresSpec
from components.postgres.archive import PLUGIN
from components.postgres.barman import wal_restoring
from components.postgres.clone import NO_CHECK, clone_spec
from components.postgres.generations import RestoreSpec
from components.postgres.images import POSTGRES_USER
from components.postgres.instances import PULL_KEY, PULL_TYPE
from components.postgres.network import clone_policy
from components.postgres.recovery import recovery_target
from components.postgres.sidecar import sidecar
from stacks.cluster import Manifest
from stacks.environment import EnvironmentSpec
from stacks.recovery.archives import ArchiveStore, Which, archive_store

OF_NAMESPACE, OF_CLUSTER = "tier0/clone-of-namespace", "tier0/clone-of-cluster"
"""Labels of a clone's namespace: where its database is."""

PURPOSE = "tier0/clone-for"
"""Label of a clone's namespace: what an interrupted command finds it by."""

TARGET = "tier0/clone-target"
"""Annotation of a clone's namespace: what it was restored to, in words."""

END = "end"
"""Name of the Job whose deadline is the clone's end, and of the NetworkPolicy."""

CLUSTERS = "postgresql.cnpg.io/v1"
_STORES = "barmancloud.cnpg.io/v1"


@dataclass(frozen=True, kw_only=True)
class Target:
    """How far a restore goes; without any field, to the end of the archive."""

    time: str | None = None
    """A moment as `Window.checked` returns it: what was committed until then."""

    before_xid: int | None = None
    """A transaction: everything before it. It needs the `backup` to start from."""

    backup: str | None = None
    """The base backup to start from; without the others, its own state."""

    latest: bool = False
    """Whether all that is archived after `backup` comes back too."""

    @property
    def manifest(self) -> dict[str, Any]:
        """The `recoveryTarget`; empty for the end of the archive."""
        # Not validated: a slow clock would take the archive's last moment for a future one.
        return recovery_target(
            RestoreSpec.model_construct(
                source=1,
                time=self.time,
                before_xid=self.before_xid,
                backup=self.backup,
                latest=self.latest,
                reason="a look",
            )
        )

    def __str__(self) -> str:
        """Return it in words."""
        if self.time:
            return self.time
        if self.before_xid is not None:
            return f"before transaction {self.before_xid}"
        exactly = self.backup and not self.latest
        return f"base backup {self.backup}" if exactly else "the end of the archive"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A clone that is to be made."""

    name: str
    """Name of its namespace and of its Cluster."""

    environment: EnvironmentSpec
    spec: PostgresSpec
    """The database that it is a clone of."""

    image: str
    server_name: str
    """The archive's folder that it is restored from."""

    which: Which
    target: Target
    superuser: bool
    clients: Sequence[str]
    """Namespaces whose pods may connect to it."""

    purpose: str
    """What it is for, if a command looks for it again: the value of a label."""

    @property
    def store(self) -> ArchiveStore:
        """Where the archive is."""
        return archive_store(self.environment, self.spec, self.which)

    @property
    def told(self) -> str:
        """What it is restored to, and from what."""
        return f"{self.target}, from {self.which} {self.server_name}"


def namespace(wanted: Wanted) -> Manifest:
    """Return its namespace."""
    labels = {
        OF_NAMESPACE: wanted.spec.namespace,
        OF_CLUSTER: wanted.spec.cluster,
        "pod-security.kubernetes.io/enforce": "restricted",
    } | ({PURPOSE: wanted.purpose} if wanted.purpose else {})
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": wanted.name, "labels": labels, "annotations": {TARGET: wanted.told}},
    }


def network_policy(wanted: Wanted, *, restored: bool) -> Manifest:
    """Return its NetworkPolicy; once it is *restored* it reaches no store."""
    environment = wanted.environment
    spec = clone_policy(
        environment.network,
        environment.gateways,
        reads=None if restored else wanted.which,
        clients=wanted.clients,
    )
    return _object("networking.k8s.io/v1", "NetworkPolicy", END, wanted.name) | {"spec": spec}


def end(wanted: Wanted, deadline: int) -> Manifest:
    """Return the Job that owns all the rest: it fails after *deadline* seconds and is removed.

    Kubernetes then removes what it owns. It has no pods: a Job's deadline passes without
    (job_controller.go, 1.34, pastActiveDeadline).
    """
    pod = restricted_pod(
        END,
        image=wanted.image,
        command=["true"],
        user=POSTGRES_USER,
        requests={},
        memory="16Mi",
        mounts={},
        volumes=[],
    )
    return _object("batch/v1", "Job", END, wanted.name) | {
        "spec": {
            "parallelism": 0,
            "activeDeadlineSeconds": deadline,
            "ttlSecondsAfterFinished": 0,
            "template": {"spec": {**pod, "restartPolicy": "Never"}},
        }
    }


def owned(wanted: Wanted, uid: str, secrets: Mapping[str, Mapping[str, str]]) -> list[Manifest]:
    """Return what the Job with *uid* owns; *secrets* is the `data` of each, by name."""
    owner = {"apiVersion": "batch/v1", "kind": "Job", "name": END, "uid": uid}

    def made(version: str, kind: str, name: str) -> Manifest:
        it = _object(version, kind, name, wanted.name)
        return it | {"metadata": it["metadata"] | {"ownerReferences": [owner]}}

    manifests = [
        made("v1", "Secret", name)
        | {"type": PULL_TYPE if PULL_KEY in data else "Opaque", "data": dict(data)}
        for name, data in secrets.items()
    ]
    where = barman(wanted)
    if wanted.spec.backup.method == "plugin":
        # Without a retention: nothing of the archive may be deleted from here.
        store = {
            "configuration": where,
            "instanceSidecarConfiguration": sidecar(
                wanted.spec.backup, None, wanted.spec.wal_segment, wanted.store.region
            ),
        }
        manifests.append(made(_STORES, "ObjectStore", wanted.name) | {"spec": store})
        parameters = {"barmanObjectName": wanted.name, "serverName": wanted.server_name}
        origin: Manifest = {"plugin": {"name": PLUGIN, "parameters": parameters}}
    else:
        origin = {"barmanObjectStore": where | {"serverName": wanted.server_name}}
    cluster = made(CLUSTERS, "Cluster", wanted.name)
    cluster["metadata"]["annotations"] = NO_CHECK
    cluster["spec"] = clone_spec(
        wanted.spec,
        image=wanted.image,
        origin=origin,
        target=wanted.target.manifest,
        superuser=wanted.superuser,
        region=wanted.store.region,
    )
    return [*manifests, cluster]


def barman(wanted: Wanted) -> dict[str, Any]:
    """Return barman's configuration for the restore."""
    store, spec = wanted.store, wanted.spec
    ca = {"endpointCA": {"name": store.ca[0], "key": store.ca[1]}} if store.ca else {}
    return {
        "destinationPath": f"s3://{store.bucket}/{store.prefix}",
        "endpointURL": store.endpoint,
        "s3Credentials": {
            "accessKeyId": {"name": store.secret, "key": store.access_key},
            "secretAccessKey": {"name": store.secret, "key": store.secret_key},
        },
        "wal": wal_restoring(spec.backup, spec.wal_segment),
    } | ca


def _object(version: str, kind: str, name: str, where: str) -> Manifest:
    metadata = {"name": name, "namespace": where}
    return {"apiVersion": version, "kind": kind, "metadata": metadata}
