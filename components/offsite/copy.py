"""The off-site copy of an archive: one way, write-once, with its own encryption, lag and alerts.

A pod for each database copies with barman's boto3, from the image that the database's node has
already pulled. Not RGW multisite: a deletion at the primary is replicated too, a secondary that
wedges (rook #17797) or is promoted (#13969) needs manual work, and the other end must be Ceph. Not
rclone: it does not know the order that keeps a copy restorable at every moment, and all the other
guarantees would be shell around it. See docs/decisions/0017.
"""

import json
from collections.abc import Mapping
from typing import Any

import pulumi

from components import kube
from components.kube import Component, Object
from components.kube.program import Program, restricted_pod
from components.kube.store import PodStore
from components.monitoring.pod_monitor import pod_monitor
from components.monitoring.prometheus_rule import prometheus_rule
from components.offsite.alerts import alerts
from components.offsite.source import Source
from components.offsite.spec import OffsiteSpec
from components.postgres.images import POSTGRES_USER
from components.postgres.recovery import Readable
from components.spec.words import retention_days, seconds

_PROGRAM = Program("offsite")
_PORT = "metrics"


class OffsiteCopy(Component):
    """The pod that copies one archive, its alerts, and the ObjectStore to restore the copy from."""

    readable: Readable
    """The copy, as a recovery reads it."""

    def __init__(
        self,
        name: str,
        spec: OffsiteSpec,
        source: Source,
        *,
        namespace: pulumi.Input[str],
        monitoring_labels: Mapping[str, str],
        disposable: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("tier0:offsite:OffsiteCopy", f"{name}-offsite", opts=opts)
        object_name = f"{source.cluster}-offsite"
        program = Object(
            f"{name}-offsite-program",
            parent=self,
            api_version="v1",
            kind="ConfigMap",
            name=object_name,
            namespace=namespace,
            fields={"data": _PROGRAM.files},
        )
        Object(
            f"{name}-offsite",
            parent=self,
            api_version="apps/v1",
            kind="Deployment",
            name=object_name,
            namespace=namespace,
            spec=copier_deployment(
                object_name,
                spec,
                source,
                program=program.name,
                settings=copier_settings(name, spec, source),
            ),
        )
        pod_monitor(
            f"{name}-offsite",
            object_name,
            parent=self,
            namespace=namespace,
            pods=_labels(object_name),
            labels=monitoring_labels,
        )
        prometheus_rule(
            f"{name}-offsite",
            object_name,
            parent=self,
            namespace=namespace,
            labels=monitoring_labels,
            rules=[it.rule(name, disposable=disposable) for it in alerts(name, spec, source)],
        )
        configuration = barman_configuration(spec, source)
        stored: pulumi.Input[str] = object_name
        if source.plugin:
            barman_store = Object(
                f"{name}-offsite-store",
                parent=self,
                api_version="barmancloud.cnpg.io/v1",
                kind="ObjectStore",
                name=object_name,
                namespace=namespace,
                spec={"configuration": configuration},
            )
            stored = kube.after_created(barman_store)
        self.readable = Readable(
            store=stored, configuration=configuration, in_pod=copies(spec, source)
        )


def barman_configuration(spec: OffsiteSpec, source: Source) -> dict[str, Any]:
    """Return barman's configuration for a recovery from the copy; nothing archives to it."""
    configuration: dict[str, Any] = {
        "destinationPath": spec.destination(source.place),
        "endpointURL": spec.endpoint,
        "s3Credentials": {
            "accessKeyId": {"name": spec.secret, "key": spec.access_key},
            "secretAccessKey": {"name": spec.secret, "key": spec.secret_key},
        },
        "wal": dict(source.wal),
    }
    if spec.ca_secret:
        configuration["endpointCA"] = {"name": spec.ca_secret, "key": "ca.crt"}
    return configuration


def copies(spec: OffsiteSpec, source: Source) -> PodStore:
    """Return where the copies of an archive are, as a program in a pod uses it."""
    return PodStore(
        endpoint=spec.endpoint,
        bucket=spec.bucket,
        prefix=f"{source.place}/",
        region=spec.region,
        secret=spec.secret,
        access_key=spec.access_key,
        secret_key=spec.secret_key,
        ca=(spec.ca_secret, "ca.crt") if spec.ca_secret else None,
        encrypted=spec.unencrypted_because is None,
    )


def copier_settings(name: str, spec: OffsiteSpec, source: Source) -> pulumi.Output[str]:
    """Return the settings of the pod's program, as JSON; keys come as files."""
    target = copies(spec, source)
    settings = {
        "database": name,
        "server": source.server,
        "pause_seconds": seconds(spec.rpo) / 4,
        "lock_days": retention_days(spec.lock),
        "encrypted": target.encrypted,
        "source": source.bucket.in_pod.settings,
        "target": target.settings,
    }
    return pulumi.Output.from_input(settings).apply(lambda known: json.dumps(known, sort_keys=True))


def copier_deployment(
    object_name: str,
    spec: OffsiteSpec,
    source: Source,
    *,
    program: pulumi.Input[str],
    settings: pulumi.Input[str],
) -> Mapping[str, Any]:
    """Return the `spec` of the Deployment that copies.

    It has the keys of two buckets and no service account. The log and the alert report a Secret
    that does not exist yet.
    """
    return {
        "replicas": 1,
        # Two pods would copy everything twice.
        "strategy": {"type": "Recreate"},
        "selector": {"matchLabels": _labels(object_name)},
        "template": {
            "metadata": {
                "labels": _labels(object_name),
                "annotations": {"tier0/program": _PROGRAM.digest},
            },
            "spec": restricted_pod(
                "copy",
                image=spec.image,
                command=["python3", "-m", "pods.offsite", settings],
                env={"PYTHONPATH": "/program", "PYTHONDONTWRITEBYTECODE": "1"},
                port=(_PORT, 8080),
                user=POSTGRES_USER,
                group=POSTGRES_USER,
                requests={"cpu": "20m", "memory": "96Mi"},
                memory="384Mi",  # two parts of 16 MiB in flight; of an object of terabytes, 100 MiB
                mounts={
                    "program": "/program/pods",
                    "source": "/keys/source",
                    "target": "/keys/target",
                },
                volumes=[
                    {"name": "program", "configMap": {"name": program}},
                    source.bucket.in_pod.volume("source"),
                    copies(spec, source).volume("target"),
                ],
            ),
        },
    }


def _labels(object_name: str) -> dict[str, str]:
    return {"app.kubernetes.io/name": object_name}
