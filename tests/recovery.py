"""The programs around a restored generation, as their component declares them."""

import json
import re
from collections.abc import Mapping
from typing import Any, TypeAlias

import pulumi

from components.kube.store import PodStore
from components.postgres import PostgresSpec
from components.postgres.recovery_jobs import RecoveryJobs
from components.postgres.sidecar import SIDECAR_IMAGE
from components.s3 import ANY_REGION
from stacks.render.recorder import Recording, record

Manifests: TypeAlias = Mapping[tuple[str, str], Mapping[str, Any]]
"""Objects by kind and name."""


def recorded(spec: PostgresSpec, *, offsite: bool = True) -> Recording:
    """Declare the programs as they are for *spec*."""

    def store(name: str, bucket: str, prefix: str) -> PodStore:
        return PodStore(
            endpoint=f"https://{name}",
            bucket=bucket,
            prefix=prefix,
            region=ANY_REGION,
            secret=f"{name}-keys",
            access_key="ID",
            secret_key="KEY",
            ca=(f"{name}-ca", "ca.crt"),
            encrypted=name == "target",
        )

    def program() -> None:
        jobs = RecoveryJobs(
            "n8n",
            spec,
            parent=pulumi.ComponentResource("test:parent", "parent"),
            namespace=spec.namespace,
            archive=store("source", "archive", ""),
            copies=store("target", "copies", "archive/") if offsite else None,
            image=SIDECAR_IMAGE,
        )
        for it in spec.lineage:
            if it.restored and it.runs:
                jobs.prepare(it)
        if spec.current.restored:
            jobs.proof(spec.current, spec.current.cluster)
        jobs.keep(spec.current.cluster)

    return record(program)


def by_name(recording: Recording) -> Manifests:
    """Return the objects by kind and name; the Job of `keep` is `now`, whatever its digest is."""
    return {
        (m["kind"], re.sub(r"-keep-[0-9a-f]{8}$", "-keep-now", m["metadata"]["name"])): m
        for m in recording.manifests()
    }


def container_of(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the only container of a Job or a CronJob."""
    spec = manifest["spec"]
    job = spec["jobTemplate"]["spec"] if manifest["kind"] == "CronJob" else spec
    (container,) = job["template"]["spec"]["containers"]
    found: Mapping[str, Any] = container
    return found


def settings_of(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a Job or a CronJob gives its program."""
    found: dict[str, Any] = json.loads(container_of(manifest)["command"][3])
    return found
