"""The drills of one database: three CronJobs, their account and rights, the record, the stores."""

from collections.abc import Mapping
from typing import Any

import pulumi

from components.drills.drilled import Drilled, written
from components.drills.namespace import PROGRAM
from components.drills.rights import rights
from components.kube import Component, Object
from components.kube.program import restricted_pod
from components.kube.rights import service_account
from components.kube.waldump import scratch_volume, waldump_container, writable
from components.pods.evidence import Depth
from components.pods.waldump import FOLDER
from components.postgres.drills import DRILLED, record_name
from components.postgres.images import POSTGRES_USER
from components.postgres.instances import pull_secrets

_SLACK_SECONDS = 300  # to say that the deadline passed, and to remove what was made
_CLEAN_UP_SECONDS = 60
_LATEST_START_SECONDS = 120  # the controller looks every ten seconds
_KEPT_SECONDS = 600  # so that its log can be read
_LABELS = "metadata.labels['batch.kubernetes.io/{}']"


class DatabaseDrills(Component):
    """The drills of one database."""

    def __init__(
        self,
        name: str,
        drilled: Drilled,
        *,
        namespace: pulumi.Input[str],
        program: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare them in the *namespace* of drills; *program* is the ConfigMap of the files."""
        super().__init__("tier0:drills:DatabaseDrills", f"{name}-drills", opts=opts)
        self._name, self._drilled, self._namespace = name, drilled, namespace
        self._program = program
        record = record_name(drilled.role)
        Object(
            f"{name}-drills-record",
            parent=self,
            api_version="v1",
            kind="ConfigMap",
            name=record,
            namespace=namespace,
            # Without `data`: what is not declared belongs to the program that writes it.
        )
        for called, spec in drilled.stores.items():
            Object(
                f"{called}-store",
                parent=self,
                api_version="barmancloud.cnpg.io/v1",
                kind="ObjectStore",
                name=called,
                namespace=namespace,
                spec=spec,
            )
        account = self._account(record)
        for depth, schedule in drilled.schedules.items():
            Object(
                f"{name}-drills-{depth}",
                parent=self,
                api_version="batch/v1",
                kind="CronJob",
                name=f"{drilled.role}-{depth}",
                namespace=namespace,
                labels={DRILLED: drilled.role},
                spec={
                    "schedule": schedule,
                    "timeZone": "Etc/UTC",
                    "suspend": drilled.suspended,
                    "concurrencyPolicy": "Forbid",
                    # A slot that was missed is not caught up.
                    "startingDeadlineSeconds": _LATEST_START_SECONDS,
                    "successfulJobsHistoryLimit": 1,
                    "failedJobsHistoryLimit": 1,
                    "jobTemplate": {
                        "metadata": {"labels": {DRILLED: drilled.role}},
                        "spec": self._job(depth, account),
                    },
                },
            )

    def _account(self, record: str) -> pulumi.Output[str]:
        """Return the name of the ServiceAccount, known once it has its rights."""
        return service_account(
            f"{self._name}-drills",
            parent=self,
            name=f"{self._drilled.role}-drills",
            namespace=self._namespace,
            rules=rights(record),
        )

    def _job(self, depth: Depth, account: pulumi.Input[str]) -> Mapping[str, Any]:
        """Return a Job's `spec`: what failed is not tried again, as the next slot is near."""
        drilled = self._drilled
        labels = {"app.kubernetes.io/name": f"{drilled.role}-{depth}", DRILLED: drilled.role}
        return {
            "backoffLimit": 0,
            "activeDeadlineSeconds": drilled.deadline_seconds + _SLACK_SECONDS,
            # Its end removes what it owns, so also what a drill that was killed has left.
            "ttlSecondsAfterFinished": _KEPT_SECONDS,
            "template": {"metadata": {"labels": labels}, "spec": self._pod(depth, account)},
        }

    def _pod(self, depth: Depth, account: pulumi.Input[str]) -> Mapping[str, Any]:
        drilled = self._drilled
        spec = dict(
            restricted_pod(
                PROGRAM.name,
                image=drilled.python_image,
                command=["python3", "-m", "pods.drill", written(drilled, depth)],
                env={
                    "PYTHONPATH": "/program",
                    "PYTHONDONTWRITEBYTECODE": "1",
                    "TMPDIR": str(FOLDER),
                },
                user=POSTGRES_USER,
                group=POSTGRES_USER,
                account=account,
                once=True,
                requests={"cpu": "50m", "memory": "128Mi"},
                memory="256Mi",
                mounts={"program": "/program/pods"}
                | {name: f"/keys/{name}" for name in drilled.pods},
                volumes=[
                    {"name": "program", "configMap": {"name": self._program}},
                    scratch_volume("1Gi"),
                    *(store.volume(name) for name, store in drilled.pods.items()),
                ],
            )
        )
        main = spec["containers"][0]
        main["volumeMounts"].append(writable())
        main["resources"]["limits"]["cpu"] = "1"
        main["env"] += [
            _field("JOB_NAME", "job-name"),
            _field("JOB_UID", "controller-uid"),
        ]
        # As a sidecar it ends with the program.
        sidecar = {**waldump_container(drilled.image), "restartPolicy": "Always"}
        sidecar["resources"]["limits"]["cpu"] = "1"
        return spec | {
            "initContainers": [sidecar],
            **pull_secrets(drilled.pull_secrets),
            "terminationGracePeriodSeconds": _CLEAN_UP_SECONDS,
        }


def _field(name: str, label: str) -> Mapping[str, Any]:
    """Return an environment variable with a label that Kubernetes gives a Job's pod."""
    # With the API server's default: the reference is one value, which another manager would change.
    field = {"apiVersion": "v1", "fieldPath": _LABELS.format(label)}
    return {"name": name, "valueFrom": {"fieldRef": field}}
