"""A database as its drills know it: what their program gets, when, and which stores it reads."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pulumi

from components.ceph.buckets import Bucket
from components.drills.scratch import cpu_limit, scratch
from components.kube.store import PodStore
from components.pods.evidence import Depth
from components.postgres.barman import barman
from components.postgres.drills import (
    DRILLS_NAMESPACE,
    WATCH_PORT,
    DrillsSpec,
    record_name,
    watch_name,
)
from components.postgres.recovery import Readable
from components.postgres.sidecar import SIDECAR_IMAGE, sidecar
from components.postgres.spec import PostgresSpec
from components.spec.words import seconds


@dataclass(frozen=True, kw_only=True)
class Drilled:
    """A database, as the objects of its drills are made for it."""

    role: str
    """Its role in the environment; the names of all its objects begin with it."""

    image: str
    """Its image, whose pg_waldump reads its WAL."""

    python_image: str
    """The image that the program runs in."""

    pull_secrets: Sequence[str]
    """Secrets in the namespace of drills for the registries of its image."""

    schedules: Mapping[Depth, str]
    deadline_seconds: int
    suspended: bool

    pods: Mapping[str, PodStore]
    """The stores, by the names that the program has for them: `source`, and `target` for a copy."""

    stores: Mapping[str, Mapping[str, Any]]
    """The `spec` of each ObjectStore of the plugin, by its name; none with the in-tree method."""

    settings: Mapping[str, Any]
    """What the program gets in each depth."""


def drilled(
    role: str,
    spec: PostgresSpec,
    drills: DrillsSpec,
    *,
    environment: str,
    archive: Bucket,
    copy: Readable | None,
    copy_rpo: int = 0,
) -> Drilled:
    """Return a database as its drills know it.

    *archive* is its bucket with keys in the namespace of drills that cannot write; the keys of the
    *copy* are Secrets of the same names as in the namespace of the database; *copy_rpo* is for how
    many seconds WAL may be missing there that the archive has.
    """
    stores = {
        "archive": Readable(
            store=f"{role}-archive",
            configuration=barman(spec.backup, archive, spec.wal_segment),
            in_pod=archive.in_pod,
        )
    }
    if copy:
        stores["offsite"] = replace(copy, store=f"{role}-offsite")
    plugin = spec.backup.method == "plugin"
    deadline = seconds(drills.deadline)
    return Drilled(
        role=role,
        image=spec.current.image,
        python_image=SIDECAR_IMAGE,
        pull_secrets=spec.image_pull_secrets,
        schedules={"look": drills.look, "restore": drills.restore, "deep": drills.deep},
        deadline_seconds=deadline,
        suspended=drills.suspended,
        pods={"source": archive.in_pod} | ({"target": copy.in_pod} if copy else {}),
        stores={
            # Without a retention: nothing of the archive may be deleted from here.
            f"{role}-{which}": {
                "configuration": it.configuration,
                "instanceSidecarConfiguration": _sidecar(spec, it.in_pod.region),
            }
            for which, it in stores.items()
            if plugin
        },
        settings={
            "environment": environment,
            "database": role,
            "namespace": DRILLS_NAMESPACE,
            "record": record_name(role),
            "watch": f"http://{watch_name(spec.cluster)}.{spec.namespace}.svc:{WATCH_PORT}",
            "server": spec.server_name,
            "generation": spec.current.number,
            "scratch": {which: scratch(spec, drills, it) for which, it in stores.items()},
            "application": {"database": spec.database, "owner": spec.owner},
            "checks": dict(spec.checks),
            "may_shrink": dict(drills.may_shrink),
            "rpo_seconds": seconds(spec.objectives.rpo),
            "rto_seconds": seconds(spec.objectives.rto),
            **({"offsite_rpo_seconds": seconds(spec.objectives.rpo) + copy_rpo} if copy else {}),
            "within_seconds": deadline,
            "image": spec.current.image,
        },
    )


def _sidecar(spec: PostgresSpec, region: str) -> Mapping[str, Any]:
    """Return the sidecar that restores, with the CPU of the instance at most."""
    made = sidecar(spec.backup, None, spec.wal_segment, region)
    made["resources"]["limits"]["cpu"] = cpu_limit(spec)
    return made


def written(drilled: Drilled, depth: Depth) -> pulumi.Output[str]:
    """Return what the program gets, with the settings of its stores, as JSON; keys are files.

    `spec` is the digest of all the rest, so that the evidence says what was declared.
    """
    stores = {name: store.settings for name, store in drilled.pods.items()}
    given = {**drilled.settings, "depth": depth, **stores}
    return pulumi.Output.from_input(given).apply(lambda it: _json({**it, "spec": digest(it)}))


def digest(settings: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what the program gets."""
    return hashlib.sha256(_json(settings).encode()).hexdigest()


def _json(settings: Mapping[str, Any]) -> str:
    return json.dumps(settings, sort_keys=True)
