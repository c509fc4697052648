"""Restore one database of a running cluster from a clone of that cluster; nothing else changes.

A Job dumps it, restores it under another name, and compares the two
(docs/decisions/0029-one-database.md). Then it takes the place of the one that is there, which is
kept. The state is in the cluster, so a run that is interrupted is continued by the next one.
"""

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from components.postgres import PostgresSpec
from stacks.cluster import ClusterClient, Manifest
from stacks.command import Fault
from stacks.environment import EnvironmentSpec
from stacks.recovery import following, loading
from stacks.recovery.loading import Load, Needs
from stacks.recovery.preflight import Found, check, swappable
from stacks.recovery.psql import API, Instance, instances
from stacks.recovery.swapping import has, swap

_DROP = 'drop database if exists :"incoming" with (force);'
Say = Callable[[str], None]


@dataclass(frozen=True)
class Replaced:
    """A database that has taken the place of another."""

    database: str
    kept: str | None
    """The name of the one that was there before; None where there was none."""

    gap_seconds: float | None
    """For how long no client could connect; None where an earlier run has done it."""

    notes: list[str]
    """What the operator should know."""


def restore_database(
    client: ClusterClient,
    environment: EnvironmentSpec,
    role: str,
    name: str,
    clone: str,
    *,
    say: Say,
) -> Replaced:
    """Restore the database *name* of the cluster *role* from the Cluster *clone*; *say* each step.

    The clone is in a namespace of its name, which lets pods of the live Cluster's namespace in. It
    is to be removed afterwards: the database gets another name there. Run again with the same clone
    it continues, or starts over after a failed Job. Raise Fault where the database cannot be
    replaced or is not as in the clone; the one that is there is untouched then.
    """
    spec = environment.databases[role]
    require_alone(client, spec, name, clone)
    job = _job(client, spec, name)
    live = instances(client, spec.namespace, spec.current.cluster)
    if job and loading.of_job(job)[0] != clone:
        _give_up(client, _loaded_by(job, spec, name), live[0])
        job = None
    load = _loaded_by(job, spec, name) if job else _load(client, spec, name, clone)
    if _in_place(load, live[0]):
        say(f"{name}: it is restored from {clone} already")
        _end(client, load, live[0])
        return Replaced(name, load.kept, None, [_old(live[0], load.kept)])
    notes: list[str] = []
    if job and not following.failed(job) and _usable(job, load, live[0]):
        say(f"{name}: continues with Job {load.namespace}/{load.job}")
    else:
        if job:
            following.remove(client, load)
        notes += _start(client, load, live, say)
    try:
        notes += following.follow(client, load, say)
        _log_out(client, load)
        return _put_in_place(client, load, notes, say)
    except following.LoadFailed:
        _log_out(client, load)
        raise
    except Fault:
        # Another run that followed the same Job was first.
        if _in_place(load, live[0]):
            return Replaced(name, load.kept, None, [_old(live[0], load.kept)])
        raise


def _in_place(load: Load, live: Instance) -> bool:
    """Return whether a run, this or another, has put the database in its place already."""
    return has(live, load.kept) and not has(live, load.incoming)


def put_back(
    client: ClusterClient, environment: EnvironmentSpec, role: str, name: str, kept: str
) -> Replaced:
    """Let the database *kept* by a restore take the place of *name* again.

    What was restored is kept in turn, as `<name>_undone_<moment>`. Raise Fault.
    """
    live = require_kept(client, environment, role, name, kept)
    undone = loading.dated(name, "undone", _digits(datetime.now(UTC).isoformat(timespec="seconds")))
    there = has(live[0], name)
    gap = swap(live, name, kept, undone)
    notes = [_old(live[0], undone)] if there else []
    return Replaced(name, undone if there else None, gap, notes)


def require_kept(
    client: ClusterClient, environment: EnvironmentSpec, role: str, name: str, kept: str
) -> list[Instance]:
    """Return the instances of the cluster; raise Fault where *kept* cannot be put back."""
    spec = environment.databases[role]
    live = instances(client, spec.namespace, spec.current.cluster)
    if kept != loading.dated(name, "before", kept[-14:]) or not has(live[0], kept):
        fault = f"no restore of {name} has kept it"
        raise Fault(f"database {kept}", fault, "write the name that the restore said")
    swappable(name, live[0])
    return live


def require_alone(client: ClusterClient, spec: PostgresSpec, name: str, clone: str | None) -> None:
    """Raise Fault where the database is being restored from another clone than *clone*."""
    job = _job(client, spec, name)
    if job is None or following.failed(job):
        return
    source, _ = loading.of_job(job)
    # Without its clone a Job leads nowhere, and one that has ended is not this restore's.
    if source != clone and client.get(API, "Cluster", source, source):
        place = f"Job {spec.namespace}/{job['metadata']['name']}"
        fault = f"it restores database {name} from {source}"
        raise Fault(place, fault, "let that restore end, or delete the Job to give it up")


def _job(client: ClusterClient, spec: PostgresSpec, name: str) -> Manifest | None:
    job = loading.job_name(spec.current.cluster, name)
    return client.get("batch/v1", "Job", job, spec.namespace)


def _loaded_by(job: Manifest, spec: PostgresSpec, name: str) -> Load:
    clone, stamp = loading.of_job(job)
    return Load(spec.namespace, spec.current.cluster, clone, stamp, name, spec.verified_host)


def _give_up(client: ClusterClient, load: Load, live: Instance) -> None:
    """Remove what a Job has left that restored from another clone."""
    following.remove(client, load)
    loading.leave(client, load, (live,))
    live.sql(_DROP, {"incoming": load.incoming})


def _load(client: ClusterClient, spec: PostgresSpec, name: str, clone: str) -> Load:
    """Return what is to be loaded; raise Fault where *clone* is none."""
    place = f"Cluster {clone}/{clone}"
    found = client.get(API, "Cluster", clone, clone)
    if found is None:
        raise Fault(place, "it is not there", "restore it first")
    if clone in spec.clusters or _archives(found["spec"]):
        fault = "it is no clone, as it is declared or archives"
        raise Fault(place, fault, "name one that is thrown away")
    stamp = _digits(found["metadata"]["creationTimestamp"])
    return Load(spec.namespace, spec.current.cluster, clone, stamp, name, spec.verified_host)


def _archives(spec: Manifest) -> bool:
    """Return whether a Cluster writes to an archive, by the plugin or in-tree."""
    plugins = spec.get("plugins") or []
    in_tree = spec.get("backup", {}).get("barmanObjectStore")
    return bool(in_tree or any(one.get("isWALArchiver") for one in plugins))


def _digits(moment: str) -> str:
    """Return a moment of UTC as 14 digits."""
    return re.sub(r"\D", "", moment)[:14]


def _usable(job: Manifest, load: Load, live: Instance) -> bool:
    """Return whether what a Job that succeeded has loaded is still there."""
    return not following.succeeded(job) or has(live, load.incoming)


def _start(client: ClusterClient, load: Load, live: list[Instance], say: Say) -> list[str]:
    """Check both sides and start the Job; return notes."""
    # What a failed Job has left takes room that is needed again.
    live[0].sql(_DROP, {"incoming": load.incoming})
    clone = instances(client, load.clone, load.clone)[0]
    found = check(load, live[0], live[1:], clone)
    try:
        loading.enter(client, load, (live[0], clone), _authority(client, load.clone))
        loading.submit(client, load, _needs(client, load, found))
    except Fault:
        _log_out(client, load)
        raise
    say(f"{load.database}: Job {load.namespace}/{load.job} loads it as {load.incoming}")
    return list(found.notes)


def _needs(client: ClusterClient, load: Load, found: Found) -> Needs:
    live = client.get(API, "Cluster", load.live, load.namespace) or {}
    return Needs(
        image=live["status"]["image"],
        pull_secrets=[it["name"] for it in live["spec"].get("imagePullSecrets", [])],
        major=found.major,
        storage_class=live["spec"]["storage"].get("storageClass"),
        size=found.size,
        authority=live["status"]["certificates"]["serverCASecret"],
    )


def _authority(client: ClusterClient, clone: str) -> str:
    """Return the CA of the clone's server in base64."""
    cluster = client.get(API, "Cluster", clone, clone) or {}
    name = cluster["status"]["certificates"]["serverCASecret"]
    found = client.get("v1", "Secret", name, clone)
    if found is None:
        raise Fault(f"Secret {clone}/{name}", "it is not there", "run again")
    return str(found["data"]["ca.crt"])


def _log_out(client: ClusterClient, load: Load) -> None:
    """Remove the Job's role on both sides, where the clone is still there."""
    sides = [instances(client, load.namespace, load.live)[0]]
    if client.get(API, "Cluster", load.clone, load.clone):
        sides += instances(client, load.clone, load.clone)[:1]
    loading.leave(client, load, tuple(sides))


def _old(primary: Instance, kept: str) -> str:
    """Say where the database is that was there before, and how to drop it."""
    name = kept.replace('"', '""')
    drop = ["psql", "--dbname", "postgres", "--command", f'drop database "{name}"']
    place = ["kubectl", "exec", "-n", primary.namespace, primary.pod, "-c", "postgres", "--"]
    return f"{kept} is what was there before; to drop it: {shlex.join([*place, *drop])}"


def _put_in_place(client: ClusterClient, load: Load, notes: list[str], say: Say) -> Replaced:
    live = instances(client, load.namespace, load.live)
    swappable(load.database, live[0])
    there = has(live[0], load.database)
    gap = swap(live, load.database, load.incoming, load.kept)
    say(f"{load.database}: restored; no client could connect for {gap:.1f} s")
    following.remove(client, load)
    if there:
        notes.append(_old(live[0], load.kept))
    return Replaced(load.database, load.kept if there else None, gap, notes)


def _end(client: ClusterClient, load: Load, live: Instance) -> None:
    """Remove what a run that ended after the renames has left."""
    loading.leave(client, load, (live,))
    following.remove(client, load)
