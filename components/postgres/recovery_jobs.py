"""The programs that a database needs in its cluster once it was restored.

`prepare` runs before the Cluster of a restored generation is made, `proof` before the others are
stopped, `stopped` before clients are sent to it, and `keep` every day and after each change of what
is declared. Each is a module of
components/pods of the same name, and may do through the API server what it needs, no more.
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import pulumi

from components.kube import Object
from components.kube.program import Program
from components.kube.store import PodStore
from components.postgres.generations import Generation, RestoreSpec
from components.postgres.recovery_pods import RecoveryPods
from components.postgres.recovery_rights import (
    ca_of,
    rights_to_keep,
    rights_to_prepare,
    rights_to_prove,
    rights_to_see,
)
from components.postgres.restores import lacking
from components.postgres.spec import PostgresSpec
from components.spec.words import retention_days

PREPARE, PROOF, STOPPED, KEEP = map(Program, ("prepare", "proof", "stopped", "keep"))

_WITHIN_SECONDS = 1800
_CHECK_SECONDS = 300  # of a statement, components/pods/proof.py


class RecoveryJobs:
    """The programs of one database that was restored, and what they share.

    What depends on a Job is declared `after` it. With a value of the Job in it, it would be deleted
    and made again with the Job (pulumi 3.250, step_generator.go, calculateDependentReplacements).
    """

    def __init__(
        self,
        name: str,
        spec: PostgresSpec,
        *,
        parent: pulumi.Resource,
        namespace: pulumi.Input[str],
        archive: PodStore,
        copies: PodStore | None,
        image: str,
    ) -> None:
        """Declare the programs' ConfigMap and accounts; *copies* is the off-site copy, if any."""
        self._name, self._spec, self._parent, self._namespace = name, spec, parent, namespace
        self._copies, self._image = copies, image
        self._pods = RecoveryPods(
            name,
            spec,
            parent=parent,
            namespace=namespace,
            stores={"source": archive} | ({"target": copies} if copies else {}),
            image=image,
            programs=(PREPARE, PROOF, STOPPED, KEEP),
        )
        self.program = self._pods.program

    def prepare(self, generation: Generation) -> Object:
        """Declare the Job on which the Cluster of a restored generation depends."""
        spec, number = self._spec, generation.number
        earlier = [it.cluster for it in spec.lineage if it.number < number]
        return self._pods.job(
            f"{generation.cluster}-prepare",
            PREPARE,
            within=_WITHIN_SECONDS,
            account=self._prepares,
            settings={
                "number": number,
                "cluster": generation.cluster,
                "server": generation.server_name,
                "origin": generation.noted,
                "begins": self._begins(restored) if (restored := generation.restored) else None,
                "lacking": [*lacking(spec, restored)] if restored else [],
                "application": spec.credentials,
                "made_elsewhere": spec.owner_secret is not None,
                "credentials": {"owner": spec.owner, "database": spec.database, "host": spec.host},
                "clusters": spec.clusters,
                "trusted": ca_of(spec.cluster) if spec.certificates.makes_ca else None,
                "authorities": [ca_of(it) for it in dict.fromkeys(reversed(earlier))],
                "lineage": self._lineage,
            },
        )

    def _begins(self, restored: RestoreSpec) -> Mapping[str, Any] | None:
        """Return where CloudNativePG looks for a base backup; None if one is named."""
        if restored.backup or restored.snapshot:
            return None
        return {
            "store": "source" if restored.store == "archive" else "target",
            "server": self._spec.server_names[restored.source - 1],
            "until": restored.time,
        }

    def proof(self, generation: Generation, cluster: pulumi.Input[str]) -> Object:
        """Declare the Job on which the switch to an active, restored generation depends.

        *cluster* is the name of its Cluster, known once that is ready.
        """
        spec, restored = self._spec, generation.restored
        assert restored is not None  # noqa: S101 - only those that were restored are proved
        waits = spec.objectives.archive_timeout_seconds + _CHECK_SECONDS * len(spec.checks)
        return self._pods.job(
            f"{generation.cluster}-proof",
            PROOF,
            within=_WITHIN_SECONDS + waits,
            account=self._proves,
            files={
                "application": (spec.credentials, ["username", "password"]),
                "ca": (spec.ca_secret(generation.cluster), ["ca.crt"]),
            },
            settings={
                "cluster": cluster,
                "server": generation.server_name,
                "service": spec.service_name,
                "verified": spec.verified_host,
                "database": spec.database,
                "from": spec.server_names[restored.source - 1],
                "store": "source" if restored.store == "archive" else "target",
                "latest": not restored.ends,
                "checks": dict(spec.checks),
                "snapshot": restored.snapshot,
            },
        )

    def stopped(
        self, generation: Generation, others: Sequence[Generation], after: Sequence[Object]
    ) -> Object:
        """Declare the Job that sees that the *others* are stopped or gone, *after* being told."""
        names = [it.cluster for it in others]
        return self._pods.job(
            f"{generation.cluster}-switch",
            STOPPED,
            within=_WITHIN_SECONDS,
            account=self._pods.account("switch", rights_to_see(names)),
            settings={"clusters": names},
            after=after,
        )

    def keep(self, cluster: pulumi.Input[str]) -> Object:
        """Declare the daily CronJob, and return the Job that does the same at once.

        *cluster* is the name of the active generation's Cluster, known once that is ready.
        """
        spec, name = self._spec, f"{self._spec.cluster}-keep"
        settings = {
            "trusted": ca_of(spec.cluster) if spec.certificates.makes_ca else None,
            "authority": pulumi.Output.concat(cluster, "-ca"),
            # A rule keeps the source of a candidate from being one.
            "removed": [it.server_name for it in spec.lineage if it.state == "removed"],
            "retention_days": retention_days(spec.backup.retention),
            "generations": [_entry(it) for it in spec.lineage],
            "lineage": self._lineage,
            "encrypted": bool(self._copies and self._copies.encrypted),
        }
        daily = self._pods.job_spec(name, KEEP, account=self._keeps, settings=settings)
        Object(
            f"{self._name}-keep",
            parent=self._parent,
            api_version="batch/v1",
            kind="CronJob",
            name=name,
            namespace=self._namespace,
            spec={
                "schedule": "17 3 * * *",
                "timeZone": "Etc/UTC",
                "concurrencyPolicy": "Forbid",
                "jobTemplate": {"spec": daily},
            },
        )
        # What it keeps can wait for a store that is away; a recovery cannot. The deletion of the
        # Job before it is not waited for either, so that this one has another name.
        return Object(
            f"{self._name}-keep-now",
            parent=self._parent,
            api_version="batch/v1",
            kind="Job",
            name=self._pods.written(settings).apply(
                lambda it: f"{name}-{_digest(f'{KEEP.digest} {self._image} {it}')}"
            ),
            namespace=self._namespace,
            waits=False,
            spec=daily,
            # By its name: one that is deleted only after a switch would be found on the way back.
            replace_on=["metadata.name"],
        )

    @property
    def _lineage(self) -> str:
        return f"{self._spec.cluster}.lineage.json"

    @cached_property
    def _prepares(self) -> pulumi.Output[str]:
        return self._pods.account("prepare", rights_to_prepare(self._spec))

    @cached_property
    def _proves(self) -> pulumi.Output[str]:
        return self._pods.account("proof", rights_to_prove(self._spec))

    @cached_property
    def _keeps(self) -> pulumi.Output[str]:
        return self._pods.account("keep", rights_to_keep(self._spec))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _entry(generation: Generation) -> Mapping[str, Any]:
    """Return a generation as its entry in the lineage (components/pods/lineage.py)."""
    return {
        "number": generation.number,
        "cluster": generation.cluster,
        "server_name": generation.server_name,
        "state": generation.state,
        "origin": generation.noted,
    }
