"""When an object is what it should be, declared once for each kind.

The engine waits for it, by an annotation, and Argo CD, whose sync waves wait for the health of
the previous one, shows it (components/gitops/health.py). A kind that is not here is ready once the
API server has stored it, except those of Kubernetes that both know themselves, like Deployment and
Job: for these the engine's provider has more than an annotation can say, so that a Job that failed
is not waited for (pulumi-kubernetes 4.18, await/job.go).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

FOLLOWS = "tier0/follows"
"""Annotation of an object that waits until its database accepts writes: it is of a replica."""


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """What the status of an object says once its operator has made what it declares."""

    fields: Mapping[str, str] = field(default_factory=dict)
    """Fields of the status by their paths, each with its value."""

    conditions: Sequence[str] = ()
    """Conditions that are true. The first says that the object runs: as long as it does not, none
    of the others is a failure."""

    failed: Sequence[str] = ()
    """Values of the first of *fields* by which the operator says that it failed."""

    message: str = ""
    """The field of the status that says why."""

    suspended: str = ""
    """The condition by which the object is stopped on purpose."""

    stopped: str = ""
    """The annotation that stops it, in whatever state it is."""

    observed: bool = False
    """Whether `observedGeneration` says which generation these are about: its operator writes it
    only after success. The engine cannot compare two fields; Argo CD does."""

    @property
    def wait_for(self) -> str:
        """It in the notation of the engine's annotation (WAIT_FOR)."""
        parts = [f"jsonpath={{.status.{path}}}={value}" for path, value in self.fields.items()]
        parts += [f"condition={name}" for name in self.conditions]
        return parts[0] if len(parts) == 1 else json.dumps(parts, separators=(",", ":"))


_PHASE_OF_ROOK = Readiness(fields={"phase": "Ready"}, failed=["Failure"])
_CERT_MANAGER = Readiness(conditions=["Ready"])

READINESS: Mapping[str, Readiness] = {
    "cert-manager.io/Certificate": _CERT_MANAGER,
    "cert-manager.io/ClusterIssuer": _CERT_MANAGER,
    # HEALTH_WARN is no failure: an OSD that restarts is one.
    "ceph.rook.io/CephCluster": _PHASE_OF_ROOK,
    "ceph.rook.io/CephBlockPool": _PHASE_OF_ROOK,
    "ceph.rook.io/CephFilesystem": _PHASE_OF_ROOK,
    "ceph.rook.io/CephObjectStore": _PHASE_OF_ROOK,
    "ceph.rook.io/CephObjectStoreUser": Readiness(fields={"phase": "Ready"}),
    "objectbucket.io/ObjectBucketClaim": Readiness(fields={"phase": "Bound"}, failed=["Failed"]),
    # Ready alone says nothing of the archive: a cluster is healthy while every WAL segment is
    # refused (CloudNativePG #6137).
    "postgresql.cnpg.io/Cluster": Readiness(
        conditions=["Ready", "ContinuousArchiving"],
        message="phase",
        suspended="cnpg.io/hibernation",
        stopped="cnpg.io/fencedInstances",
    ),
    # The generation is written by SetAsReady alone (database_funcs.go, v1.30.0).
    "postgresql.cnpg.io/Database": Readiness(
        fields={"applied": "true"},
        failed=["false"],
        message="message",
        stopped=FOLLOWS,
        observed=True,
    ),
    # As a Database (databaserole_funcs.go, v1.30.0).
    "postgresql.cnpg.io/DatabaseRole": Readiness(
        fields={"applied": "true"}, failed=["false"], message="message", observed=True
    ),
    "postgresql.cnpg.io/Pooler": Readiness(
        fields={"phase": "active"}, failed=["failed"], message="phaseReason"
    ),
    "argoproj.io/Application": Readiness(
        fields={"sync.status": "Synced", "health.status": "Healthy"}
    ),
}
"""By API group and kind."""


def readiness(api_version: str, kind: str) -> Readiness | None:
    """Return when an object of *kind* is ready; None if once it is stored."""
    return READINESS.get(f"{api_version.partition('/')[0]}/{kind}")
