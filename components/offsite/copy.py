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
from components.kube import Object
from components.kube.program import Program, restricted_pod
from components.monitoring.pod_monitor import API, pod_monitor
from components.offsite.alerts import alerts
from components.offsite.source import Source
from components.offsite.spec import OffsiteSpec
from components.postgres.archive import WHOLE_SEGMENTS
from components.postgres.recovery import Readable
from components.spec.words import retention_days, seconds

_PROGRAM = Program("offsite")
_BARMAN = 26  # the user of the image
_PORT = "metrics"


class OffsiteCopy(pulumi.ComponentResource):
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
        Object(
            f"{name}-offsite-alerts",
            parent=self,
            api_version=API,
            kind="PrometheusRule",
            name=object_name,
            namespace=namespace,
            labels=monitoring_labels,
            spec={"groups": [{"name": object_name, "rules": alerts(name, spec, source)}]},
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
        self.readable = Readable(store=stored, configuration=configuration)


def barman_configuration(spec: OffsiteSpec, source: Source) -> dict[str, Any]:
    """Return barman's configuration for a recovery from the copy; nothing archives to it."""
    configuration: dict[str, Any] = {
        "destinationPath": spec.destination(source.bucket_name),
        "endpointURL": spec.endpoint,
        "s3Credentials": {
            "accessKeyId": {"name": spec.secret, "key": spec.access_key},
            "secretAccessKey": {"name": spec.secret, "key": spec.secret_key},
        },
        "wal": WHOLE_SEGMENTS,
    }
    if spec.ca_secret:
        configuration["endpointCA"] = {"name": spec.ca_secret, "key": "ca.crt"}
    return configuration


def copier_settings(name: str, spec: OffsiteSpec, source: Source) -> pulumi.Output[str]:
    """Return the settings of the pod's program, as JSON; keys come as files."""
    archive = source.bucket
    settings = {
        "database": name,
        "server": source.server,
        "pause_seconds": seconds(spec.rpo) / 4,
        "lock_days": retention_days(spec.lock),
        "encrypted": spec.unencrypted_because is None,
        "source": {
            "endpoint": archive.endpoint,
            "bucket": archive.name,
            "prefix": "",
            "region": "us-east-1",
            "keys": pulumi.Output.concat("Secret ", archive.secret),
            "access": archive.access_key,
            "secret": archive.secret_key,
        },
        "target": {
            "endpoint": spec.endpoint,
            "bucket": spec.bucket,
            "prefix": f"{source.bucket_name}/",
            "region": spec.region,
            "keys": f"Secret {spec.secret}",
            "access": spec.access_key,
            "secret": spec.secret_key,
        },
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

    It has the keys of two buckets and no service account. It starts without a Secret that does not
    exist yet; its log and its alert report that.
    """
    archive = source.bucket
    keys: list[tuple[str, pulumi.Input[str], dict[str, str]]] = [
        ("source", archive.secret, {archive.access_key: "access", archive.secret_key: "secret"}),
        ("source-ca", archive.ca.secret, {archive.ca.key: "ca.crt"}),
        ("target", spec.secret, {spec.access_key: "access", spec.secret_key: "secret"}),
    ]
    if spec.ca_secret:
        keys.append(("target-ca", spec.ca_secret, {"ca.crt": "ca.crt"}))
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
                user=_BARMAN,
                group=_BARMAN,
                requests={"cpu": "20m", "memory": "96Mi"},
                memory="384Mi",  # two parts of 16 MiB in flight; of an object of terabytes, 100 MiB
                mounts={
                    "program": "/program/pods",
                    "source": "/keys/source",
                    "target": "/keys/target",
                },
                volumes=[
                    {"name": "program", "configMap": {"name": program}},
                    *(_projected(store, keys) for store in ("source", "target")),
                ],
            ),
        },
    }


def _projected(
    store: str, keys: list[tuple[str, pulumi.Input[str], dict[str, str]]]
) -> Mapping[str, Any]:
    """Return the volume with a store's keys and CA, each under a fixed file name."""
    return {
        "name": store,
        "projected": {
            "defaultMode": 0o440,
            "sources": [
                {
                    "secret": {
                        "name": secret,
                        "optional": True,
                        "items": [{"key": key, "path": path} for key, path in items.items()],
                    }
                }
                for name, secret, items in keys
                if name.removesuffix("-ca") == store
            ],
        },
    }


def _labels(object_name: str) -> dict[str, str]:
    return {"app.kubernetes.io/name": object_name}
