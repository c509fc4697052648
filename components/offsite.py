"""The off-site copy of an archive: one way, write-once, with its own encryption, lag and alerts.

A pod beside each database copies with barman's own boto3, out of the image that the database's
node has already. Not by RGW multisite: a deletion at the primary is replicated too, a secondary
that wedges (rook #17797) or is made the primary (#13969) needs hands, and the other end must be
Ceph. Not by rclone: it does not know the order that makes a copy restorable at each moment, and all
else that is promised would be shell around it. See docs/decisions/0017.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import pulumi
import pulumi_kubernetes as kubernetes

from components import cron, kube
from components.kube import CustomResource
from components.object_store import Bucket
from components.postgres import PostgresSpec
from components.rule import Fault, obeys, rule
from components.spec import Spec
from components.words import (
    BucketName,
    Duration,
    HttpsUrl,
    Image,
    Name,
    Retention,
    SecretKey,
    retention_days,
    seconds,
)

if TYPE_CHECKING:
    from pulumi_kubernetes.apps.v1 import DeploymentSpecArgsDict
    from pulumi_kubernetes.core.v1 import VolumeArgsDict

LEAST_RPO_SECONDS = 120
"""Four looks in it, each with half a minute to list, copy and ask back."""

_PROGRAM = Path(__file__).with_name("offsite_pod")
_BARMAN = 26  # the user of the image
_MONITORING = "monitoring.coreos.com/v1"
_PORT = "metrics"


@rule("T601", "value")
def copying_can_keep(rpo: str) -> Iterator[Fault]:
    """An RPO off-site leaves time to look, to copy and to ask back.

    The copying pod looks each half minute; four looks are the least that tell a lag from a pause.
    """
    if seconds(rpo) < LEAST_RPO_SECONDS:
        yield Fault(
            f"'{rpo}' is less than copying can keep (4 looks of 30 s); "
            f"write at least '{LEAST_RPO_SECONDS}s'"
        )


@rule("T602", "value")
def is_a_reason(reason: str | None) -> Iterator[Fault]:
    """Copies in plaintext have a reason.

    They are read out of the archive decrypted, whatever that has: who reads the other store's disks
    reads every row.
    """
    if reason is not None and len(reason.split()) < 2:  # noqa: PLR2004 - one word is none
        yield Fault(
            f"'{reason}' is no reason for copies in plaintext; write why nobody can read the "
            "other store's disks, or leave it out"
        )


class OffsiteSpec(Spec):
    """A second store outside of the cluster's failure domain, and how archives are copied to it.

    Its bucket must have object lock with a default retention of COMPLIANCE. The keys may list,
    read and write, not delete; a lifecycle rule of the bucket removes what is no longer locked.
    """

    endpoint: HttpsUrl
    """Address of the other store."""

    bucket: BucketName
    """Its bucket. A database's copy is in `<bucket of its archive>/<server name>/` there, so two
    environments whose databases are called the same need two."""

    region: str = "us-east-1"
    """Region that requests are signed for; Ceph takes any."""

    secret: Name
    """Secret with the copy's keys, in the namespace of each database."""

    access_key: SecretKey = "ACCESS_KEY_ID"
    """The key in the Secret that holds the access key's id."""

    secret_key: SecretKey = "ACCESS_SECRET_KEY"
    """The key in the Secret that holds the access key itself."""

    ca_secret: Name | None = None
    """Secret beside it whose key `ca.crt` signed the store's certificate; none where a public CA
    did."""

    rpo: Annotated[Duration, obeys(copying_can_keep)]
    """The most time whose WAL may be in the cluster only. With the cluster and its store, at most
    this and the database's own RPO are lost."""

    lock: Retention
    """How long nobody can delete a copy; at least as long as an archive may need it."""

    unencrypted_because: Annotated[str | None, obeys(is_a_reason)] = None
    """Why the other store need not encrypt copies (it is asked for AES256 otherwise). They are read
    out of the archive decrypted, whatever that has."""

    image: Image = "ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar:v0.15.0"
    """An image with Python and boto3: the plugin's sidecar."""

    @property
    def host(self) -> str:
        """Host of the other store."""
        return urlsplit(self.endpoint).hostname or ""

    @property
    def port(self) -> int:
        """Port of the other store."""
        return urlsplit(self.endpoint).port or 443

    def destination(self, database: PostgresSpec) -> str:
        """Return barman's destinationPath of a database's copy; its server name is the archive's.

        It holds the archive's own, so that two databases have two.
        """
        return f"s3://{self.bucket}/{database.backup.bucket.bucket}/"


class OffsiteCopy(pulumi.ComponentResource):
    """The pod that copies one archive, its alerts, and the ObjectStore to restore the copy from."""

    def __init__(
        self,
        name: str,
        spec: OffsiteSpec,
        database: PostgresSpec,
        *,
        namespace: pulumi.Input[str],
        archive: Bucket,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("tier0:offsite:OffsiteCopy", f"{name}-offsite", opts=opts)
        called = f"{database.cluster}-offsite"
        program = kubernetes.core.v1.ConfigMap(
            f"{name}-offsite-program",
            metadata=kube.metadata(called, namespace),
            data=_program(),
            opts=kube.child(self),
        )
        kubernetes.apps.v1.Deployment(
            f"{name}-offsite",
            metadata=kube.metadata(called, namespace),
            spec=copying(
                called,
                spec,
                archive,
                program=program.metadata["name"],
                settings=archive_settings(name, spec, database, archive),
            ),
            opts=kube.child(self),
        )
        CustomResource(
            f"{name}-offsite-metrics",
            parent=self,
            api_version=_MONITORING,
            kind="PodMonitor",
            name=called,
            namespace=namespace,
            spec={
                "selector": {"matchLabels": _labels(called)},
                "podMetricsEndpoints": [{"port": _PORT}],
            },
        )
        CustomResource(
            f"{name}-offsite-alerts",
            parent=self,
            api_version=_MONITORING,
            kind="PrometheusRule",
            name=called,
            namespace=namespace,
            spec={"groups": [{"name": called, "rules": alerts(name, spec, database)}]},
        )
        if database.backup.method == "plugin":
            CustomResource(
                f"{name}-offsite-store",
                parent=self,
                api_version="barmancloud.cnpg.io/v1",
                kind="ObjectStore",
                name=called,
                namespace=namespace,
                spec={"configuration": restoring(spec, database)},
            )


def restoring(spec: OffsiteSpec, database: PostgresSpec) -> dict[str, Any]:
    """Return barman's configuration of the copy, for a recovery from it; nothing archives to it."""
    configuration: dict[str, Any] = {
        "destinationPath": spec.destination(database),
        "endpointURL": spec.endpoint,
        "s3Credentials": {
            "accessKeyId": {"name": spec.secret, "key": spec.access_key},
            "secretAccessKey": {"name": spec.secret, "key": spec.secret_key},
        },
    }
    if spec.ca_secret:
        configuration["endpointCA"] = {"name": spec.ca_secret, "key": "ca.crt"}
    return configuration


def archive_settings(
    name: str, spec: OffsiteSpec, database: PostgresSpec, archive: Bucket
) -> pulumi.Output[str]:
    """Return what the pod's program is told, as JSON; keys come as files."""
    settings = {
        "database": name,
        "server": database.server_name,
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
            "prefix": f"{database.backup.bucket.bucket}/",
            "region": spec.region,
            "keys": f"Secret {spec.secret}",
            "access": spec.access_key,
            "secret": spec.secret_key,
        },
    }
    return pulumi.Output.from_input(settings).apply(lambda known: json.dumps(known, sort_keys=True))


def copying(
    called: str,
    spec: OffsiteSpec,
    archive: Bucket,
    *,
    program: pulumi.Input[str],
    settings: pulumi.Input[str],
) -> "DeploymentSpecArgsDict":
    """Return the `spec` of the Deployment that copies.

    It has the keys of two buckets and no account in the cluster. A Secret that is not there yet
    does not keep it from starting: it says so, and its alert does.
    """
    text = json.dumps(_program(), sort_keys=True)
    keys: list[tuple[str, pulumi.Input[str], dict[str, str]]] = [
        ("source", archive.secret, {archive.access_key: "access", archive.secret_key: "secret"}),
        ("source-ca", archive.ca.secret, {archive.ca.key: "ca.crt"}),
        ("target", spec.secret, {spec.access_key: "access", spec.secret_key: "secret"}),
    ]
    if spec.ca_secret:
        keys.append(("target-ca", spec.ca_secret, {"ca.crt": "ca.crt"}))
    return {
        "replicas": 1,
        # Two would copy everything twice.
        "strategy": {"type": "Recreate"},
        "selector": {"match_labels": _labels(called)},
        "template": {
            "metadata": {
                "labels": _labels(called),
                # Python does not read a program again that has changed.
                "annotations": {"tier0/program": hashlib.sha256(text.encode()).hexdigest()},
            },
            "spec": {
                "automount_service_account_token": False,
                "security_context": {
                    "run_as_non_root": True,
                    "run_as_user": _BARMAN,
                    "run_as_group": _BARMAN,
                    "fs_group": _BARMAN,
                    "seccomp_profile": {"type": "RuntimeDefault"},
                },
                "containers": [
                    {
                        "name": "copy",
                        "image": spec.image,
                        "command": ["python3", "-m", "offsite_pod", settings],
                        "env": [
                            {"name": "PYTHONPATH", "value": "/program"},
                            {"name": "PYTHONDONTWRITEBYTECODE", "value": "1"},
                        ],
                        "ports": [{"name": _PORT, "container_port": 8080}],
                        "resources": {
                            "requests": {"cpu": "20m", "memory": "96Mi"},
                            # Two parts of 16 MiB in flight; of an object of terabytes, 100 MiB.
                            "limits": {"memory": "384Mi"},
                        },
                        "security_context": {
                            "allow_privilege_escalation": False,
                            "read_only_root_filesystem": True,
                            "capabilities": {"drop": ["ALL"]},
                        },
                        "volume_mounts": [
                            {
                                "name": "program",
                                "mount_path": "/program/offsite_pod",
                                "read_only": True,
                            },
                            {"name": "source", "mount_path": "/keys/source", "read_only": True},
                            {"name": "target", "mount_path": "/keys/target", "read_only": True},
                        ],
                    }
                ],
                "volumes": [
                    {"name": "program", "config_map": {"name": program}},
                    *(_projected(store, keys) for store in ("source", "target")),
                ],
                # It has nothing to finish: what is half copied is copied anew.
                "termination_grace_period_seconds": 1,
            },
        },
    }


def _projected(
    store: str, keys: list[tuple[str, pulumi.Input[str], dict[str, str]]]
) -> "VolumeArgsDict":
    """Return the volume with a store's keys and CA, each under one name whatever its Secret has."""
    return {
        "name": store,
        "projected": {
            "default_mode": 0o440,
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


def alerts(name: str, spec: OffsiteSpec, database: PostgresSpec) -> list[Mapping[str, Any]]:
    """Return the rules of the PrometheusRule; what tells of the copy's age also tells of silence.

    A base backup may take hours to copy: it is late when the next one is due.
    """

    def metric(called: str, part: str, function: str = "") -> str:
        series = f'tier0_offsite_{called}{{database="{name}",part=~"{part}"}}'
        # An alert stays the same one when another pod copies.
        return f"max by (namespace, database) ({function}({series}))"

    def rule(called: str, expression: str, says: str, lasting: str = "0s") -> Mapping[str, Any]:
        return {
            "alert": f"Tier0Offsite{called}",
            "expr": expression,
            "for": lasting,
            "labels": {"severity": "critical", "database": name},
            "annotations": {"summary": f"{name}: {says}", "runbook": "docs/offsite.md"},
        }

    until = "copied_until_timestamp_seconds"
    gap = int(cron.longest_gap(database.backup.schedule).total_seconds())
    pause = seconds(spec.rpo)
    log = f"kubectl -n {database.namespace} logs deployment/{database.cluster}-offsite"
    return [
        rule(
            "WalLate",
            f"time() - {metric(until, 'wal')} > {pause}",
            f"WAL of more than {spec.rpo} is in the cluster only; see {log}",
        ),
        rule(
            "BaseLate",
            f"time() - {metric(until, 'base')} > {gap}",
            f"a base backup is not in the copy though the next one is due; see {log}",
        ),
        rule(
            "Unknown",
            metric(until, "wal", "absent"),
            f"nobody says how old the copy is; see {log}",
            f"{pause}s",
        ),
        rule(
            "Failing",
            f"{metric('failed', 'wal|base')} > 0",
            f"copying fails for {spec.rpo}; see {log}",
            f"{pause}s",
        ),
        rule(
            "Unlocked",
            f"{metric('failed', 'lock')} > 0",
            f"copies can be deleted; see {log}",
        ),
        rule(
            "Differs",
            f"{metric('differing_objects', 'wal|base')} > 0",
            "an object of the archive is not what was copied; the copy keeps the first",
        ),
    ]


def _labels(called: str) -> dict[str, str]:
    return {"app.kubernetes.io/name": called}


def _program() -> dict[str, str]:
    """Return the files of the pod's program."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(_PROGRAM.glob("*.py"))}
