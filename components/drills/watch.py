"""The pod that watches the archive of one database: its metrics, and the nonces of its drills.

It also copies the evidence of drills off site: drills have keys that only read.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from components import kube
from components.kube import Component, Object
from components.kube.program import Program, restricted_pod
from components.kube.rights import grant
from components.kube.store import PodStore
from components.kube.waldump import scratch_volume, waldump_container, writable
from components.monitoring.pod_monitor import pod_monitor
from components.pods.waldump import FOLDER
from components.postgres.drills import DRILLS_NAMESPACE, WATCH_PORT, record_name, watch_name
from components.postgres.heartbeat import certificate_of
from components.postgres.images import POSTGRES_USER
from components.postgres.sidecar import SIDECAR_IMAGE
from components.postgres.spec import PostgresSpec

_PROGRAM = Program("watch")
_PORT = "metrics"


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A database, as what watches it is made for it."""

    role: str
    """Its role in the environment."""

    name: str
    """Of the objects."""

    cluster: str
    """The Cluster of the active generation."""

    host: str
    """By which its primary is reached, and its certificate verified."""

    ca: str
    """Secret whose `ca.crt` signed that certificate."""

    server: str
    """The folder of its archive."""

    image: str
    """Its image, whose pg_waldump reads its WAL."""

    stores: Mapping[str, PodStore]
    """The stores, by the names that the program has for them: `source`, and `target` for a copy."""

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels of the pod; by the second one the NetworkPolicy lets it through."""
        return {"app.kubernetes.io/name": self.name, "cnpg.io/cluster": self.cluster}

    @property
    def settings(self) -> pulumi.Output[str]:
        """The settings of the program, as JSON; keys come as files."""
        copies = self.stores.get("target")
        given = {
            "database": self.role,
            "server": self.server,
            "host": self.host,
            "instances": f"{self.cluster}-r",
            "heartbeat": f"Secret {certificate_of(self.cluster)}",
            "namespace": DRILLS_NAMESPACE,
            "record": record_name(self.role),
            "encrypted": bool(copies and copies.encrypted),
            **{name: store.settings for name, store in self.stores.items()},
        }
        return pulumi.Output.from_input(given).apply(lambda it: json.dumps(it, sort_keys=True))


def watched(role: str, spec: PostgresSpec, *, archive: PodStore, copy: PodStore | None) -> Watched:
    """Return a database as what watches it is made for it."""
    return Watched(
        role=role,
        name=watch_name(spec.cluster),
        cluster=spec.current.cluster,
        host=spec.verified_host or f"{spec.current.cluster}-rw",
        ca=spec.ca_secret(spec.current.cluster),
        server=spec.server_name,
        image=spec.current.image,
        stores={"source": archive} | ({"target": copy} if copy else {}),
    )


class DatabaseWatch(Component):
    """The pod, its Service, its account, and its PodMonitor where metrics are read."""

    def __init__(
        self,
        name: str,
        watched: Watched,
        *,
        namespace: pulumi.Input[str],
        drills_namespace: pulumi.Input[str],
        monitors: Mapping[str, str] | None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare them in the database's *namespace*.

        *monitors* are the labels of the PodMonitor; None: there is none.
        """
        super().__init__("tier0:drills:DatabaseWatch", f"{name}-watch", opts=opts)
        self._name, self._watched, self._namespace = f"{name}-watch", watched, namespace
        program = self._object("v1", "ConfigMap", fields={"data": _PROGRAM.files})
        account = self._account(drills_namespace)
        self._object(
            "apps/v1",
            "Deployment",
            spec=deployment(watched, program=program.name, account=account),
        )
        self._object(
            "v1",
            "Service",
            spec={
                "type": "ClusterIP",
                "ports": [
                    {"name": _PORT, "port": WATCH_PORT, "targetPort": _PORT, "protocol": "TCP"}
                ],
                "selector": {"app.kubernetes.io/name": watched.name},
            },
        )
        if monitors is not None:
            pod_monitor(
                self._name,
                watched.name,
                parent=self,
                namespace=namespace,
                pods={"app.kubernetes.io/name": watched.name},
                labels=monitors,
            )

    def _object(
        self,
        api_version: str,
        kind: str,
        *,
        spec: Mapping[str, Any] | None = None,
        fields: Mapping[str, Any] | None = None,
    ) -> Object:
        return Object(
            self._name,
            parent=self,
            api_version=api_version,
            kind=kind,
            name=self._watched.name,
            namespace=self._namespace,
            spec=spec,
            fields=fields,
        )

    def _account(self, drills_namespace: pulumi.Input[str]) -> pulumi.Output[str]:
        """Return the name of the ServiceAccount, known once it may read the record."""
        record = record_name(self._watched.role)
        binding = grant(
            self._name,
            parent=self,
            name=f"{self._watched.role}-watch",
            namespace=drills_namespace,
            account=self._object("v1", "ServiceAccount").name,
            account_namespace=self._namespace,
            rules=[
                {
                    "apiGroups": [""],
                    "resources": ["configmaps"],
                    "resourceNames": [record],
                    "verbs": ["get"],
                }
            ],
        )
        return kube.when_ready(binding, self._watched.name)


def deployment(
    watched: Watched, *, program: pulumi.Input[str], account: pulumi.Input[str]
) -> Mapping[str, Any]:
    """Return the `spec` of the Deployment.

    The log and a metric report a Secret that does not exist yet.
    """
    spec = dict(
        restricted_pod(
            _PROGRAM.name,
            image=SIDECAR_IMAGE,
            command=["python3", "-m", "pods.watch", watched.settings],
            env={
                "PYTHONPATH": "/program",
                "PYTHONDONTWRITEBYTECODE": "1",
                "TMPDIR": str(FOLDER),
            },
            port=(_PORT, WATCH_PORT),
            user=POSTGRES_USER,
            group=POSTGRES_USER,
            account=account,
            requests={"cpu": "20m", "memory": "96Mi"},
            memory="512Mi",  # 112 MiB with 50,000 objects in each of two stores
            mounts={"program": "/program/pods", "heartbeat": "/heartbeat"}
            | {name: f"/keys/{name}" for name in watched.stores},
            volumes=[
                {"name": "program", "configMap": {"name": program}},
                {"name": "heartbeat", "projected": _certificates(watched)},
                # Of each store two segments, of at most 1 GiB.
                scratch_volume("4Gi"),
                *(store.volume(name) for name, store in watched.stores.items()),
            ],
        )
    )
    spec["containers"][0]["volumeMounts"].append(writable())
    spec["containers"].append(waldump_container(watched.image))
    return {
        "replicas": 1,
        # Two pods would write each evidence twice.
        "strategy": {"type": "Recreate"},
        "selector": {"matchLabels": {"app.kubernetes.io/name": watched.name}},
        "template": {
            "metadata": {
                "labels": watched.labels,
                "annotations": {"tier0/program": _PROGRAM.digest},
            },
            "spec": spec,
        },
    }


def _certificates(watched: Watched) -> Mapping[str, Any]:
    """Return the volume with the role's certificate and the CA; the pod starts without them."""
    secrets = {
        certificate_of(watched.cluster): ("tls.crt", "tls.key"),
        watched.ca: ("ca.crt",),
    }
    return {
        "defaultMode": 0o440,
        "sources": [
            {
                "secret": {
                    "name": name,
                    "optional": True,
                    "items": [{"key": key, "path": key} for key in keys],
                }
            }
            for name, keys in secrets.items()
        ],
    }
