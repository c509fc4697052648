"""Clones of databases: restored from an archive, to be read, and removed by themselves.

Each has its own namespace, which no other policy opens and which one deletion removes. A Job in it
owns the Cluster and ends at a deadline, whatever becomes of the machine that made it
(docs/decisions/0030).
"""

import secrets
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from components.postgres import PostgresSpec
from components.postgres.generations import Generation, upgraded_by
from components.postgres.instances import PULL_KEY
from stacks.cluster import ClusterClient, Manifest
from stacks.command import Fault
from stacks.environment import EnvironmentSpec
from stacks.recovery import clone_objects as objects
from stacks.recovery.archives import Which
from stacks.recovery.clone_objects import (
    END,
    OF_CLUSTER,
    OF_NAMESPACE,
    PURPOSE,
    TARGET,
    Target,
    Wanted,
)
from stacks.recovery.clone_state import wait_ready

_LONGEST_NAME = 50  # of a Cluster, by CloudNativePG's webhook
_LETTERS = "bcdfghjklmnpqrstvwxz"  # which make no words
_RESTORE = timedelta(days=1)
"""Added to the deadline until the clone is ready: a longer restore is not waited for."""

_ABANDONED = timedelta(minutes=10)
"""By then a command that lives has made the Job in the namespace that it made."""


@dataclass(frozen=True, kw_only=True)
class Clone:
    """A clone that is ready."""

    namespace: str
    name: str
    """Name of its Cluster."""

    pod: str
    until: datetime
    """When it is removed."""

    phases: dict[str, float]
    """The seconds that each part of the restore took."""


@contextmanager
def clone(client: ClusterClient, wanted: Wanted, lasting: timedelta) -> Iterator[Clone]:
    """Restore a clone and remove it afterwards; see `make_clone`."""
    made = make_clone(client, wanted, lasting)
    try:
        yield made
    finally:
        remove(client, made.namespace)


def make_clone(client: ClusterClient, wanted: Wanted, lasting: timedelta) -> Clone:
    """Restore a clone; return it when it serves. It stays for *lasting*, by itself.

    Raise Fault if it cannot be restored, or if the running server would act; what was made is then
    removed, as after an interruption.
    """
    copied = _secrets(client, wanted)
    tidy(client)
    try:
        created = _create(client, wanted, copied, lasting)
        return _served(client, wanted, created, lasting)
    except BaseException:
        remove(client, wanted.name)
        raise


def continued_clone(
    client: ClusterClient, wanted: Wanted, found: "Listed", lasting: timedelta
) -> Clone:
    """Return the clone that `made_before` has *found*, when it serves; from then on *lasting*.

    Raise Fault if it does not serve; it stays.
    """
    return _served(client, replace(wanted, name=found.name), found.created, lasting)


def _served(client: ClusterClient, wanted: Wanted, created: datetime, lasting: timedelta) -> Clone:
    """Wait until a clone serves and close it off; return it."""
    pod, phases = wait_ready(client, wanted.name)
    _close(client, wanted)
    until = expire(client, wanted.name, created, lasting)
    return Clone(namespace=wanted.name, name=wanted.name, pod=pod, until=until, phases=phases)


def wanted_clone(
    environment: EnvironmentSpec,
    role: str,
    target: Target,
    *,
    which: Which = "archive",
    generation: int | None = None,
    superuser: bool = False,
    clients: Sequence[str] = (),
    purpose: str = "",
) -> Wanted:
    """Return a clone of database *role* that is to be made, under a name that no other has.

    *generation*: the one whose archive is read, by default the active one. Pods of the namespaces
    *clients* may connect to it; with *superuser* also by the Secret `<clone>-superuser`. By its
    *purpose*, the value of a label, `made_before` finds it. The target is handed on as it is:
    compare it with the archive's window before. Raise Fault if there is no such database.
    """
    spec = database_of(environment, role)
    source = _archived(spec, f"databases.{role}", generation)
    return Wanted(
        name=_name(spec.cluster),
        environment=environment,
        spec=spec,
        image=source.image,
        server_name=source.server_name,
        which=which,
        target=target,
        superuser=superuser,
        clients=clients,
        purpose=purpose,
    )


def database_of(environment: EnvironmentSpec, role: str) -> PostgresSpec:
    """Return a database of the environment; raise Fault if it has none of this name."""
    if role not in environment.databases:
        known = ", ".join(environment.databases)
        raise Fault(f"databases.{role}", "there is no such database", f"write one of {known}")
    return environment.databases[role]


def _archived(spec: PostgresSpec, place: str, number: int | None) -> Generation:
    """Return the generation whose archive is read."""
    if number is None:
        return spec.current
    known = spec.lineage
    if not 1 <= number <= len(known):
        raise Fault(place, f"it has no generation {number}", f"write 1 to {len(known)}")
    if number in (upgrades := upgraded_by(spec.generations)):
        fault = f"generation {number} was upgraded, and the image of its version is not named"
        raise Fault(place, fault, f"write {upgrades[number]}, or another one")
    return known[number - 1]


def _name(cluster: str) -> str:
    suffix = f"-look-{''.join(secrets.choice(_LETTERS) for _ in range(5))}"
    return cluster[: _LONGEST_NAME - len(suffix)].rstrip("-") + suffix


def _secrets(client: ClusterClient, wanted: Wanted) -> dict[str, dict[str, str]]:
    """Return the `data` that a restore needs of Secrets in the database's namespace, by name."""
    store, home = wanted.store, wanted.spec.namespace
    needed = [(store.secret, key) for key in (store.access_key, store.secret_key)]
    needed += [store.ca] if store.ca else []
    needed += [(name, PULL_KEY) for name in wanted.spec.image_pull_secrets]
    found: dict[str, dict[str, str]] = {}
    for name, key in needed:
        data = (client.get("v1", "Secret", name, home) or {}).get("data") or {}
        if key not in data:
            fault = f"it is not there, or has no key {key}"
            raise Fault(f"Secret {home}/{name}", fault, "create it: a restore reads it")
        found.setdefault(name, {})[key] = data[key]
    return found


def _create(
    client: ClusterClient,
    wanted: Wanted,
    copied: dict[str, dict[str, str]],
    lasting: timedelta,
) -> datetime:
    """Create its objects; return when the Job was created."""
    sys.stderr.write(f"{wanted.name}: a clone at {wanted.target}\n")
    client.apply(objects.namespace(wanted), manager="tier0")
    client.apply(objects.network_policy(wanted, restored=False), manager="tier0")
    deadline = int((_RESTORE + lasting).total_seconds())
    job = client.apply(objects.end(wanted, deadline), manager="tier0")
    for manifest in objects.owned(wanted, job["metadata"]["uid"], copied):
        client.apply(manifest, manager="tier0")
    return datetime.fromisoformat(job["metadata"]["creationTimestamp"])


def _close(client: ClusterClient, wanted: Wanted) -> None:
    """Take away what only the restore needed: the way to the store, and its keys.

    The CA stays, which may be in the same Secret: a pod that has to start mounts it.
    """
    client.apply(objects.network_policy(wanted, restored=True), manager="tier0")
    store = wanted.store
    change = {"data": {store.access_key: None, store.secret_key: None}}
    client.patch("v1", "Secret", store.secret, wanted.name, change=change)


def expire(client: ClusterClient, name: str, created: datetime, lasting: timedelta) -> datetime:
    """Have a clone end *lasting* from now on; return when. *created*: when its Job was."""
    until = datetime.now(UTC) + lasting
    change = {"spec": {"activeDeadlineSeconds": int((until - created).total_seconds())}}
    client.patch("batch/v1", "Job", END, name, change=change)
    return until.replace(microsecond=0)


def remove(client: ClusterClient, name: str) -> None:
    """Remove a clone; where that fails say how, and that it ends by itself."""
    try:
        client.delete("v1", "Namespace", name)
    except Fault as fault:
        sys.stderr.write(f"{fault}\n{name}: it is left; kubectl delete namespace {name}\n")
    else:
        sys.stderr.write(f"{name}: removed\n")


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A clone as the cluster shows it."""

    name: str
    target: str
    purpose: str
    """What it is for, of a command that looks for it again."""

    phase: str
    """What CloudNativePG says of its Cluster."""

    created: datetime
    until: datetime


def clones(client: ClusterClient, namespace: str, cluster: str) -> list[Listed]:
    """Return the clones of a database, oldest first."""
    labels = f"{OF_NAMESPACE}={namespace},{OF_CLUSTER}={cluster}"
    found = []
    for home in client.objects("v1", "Namespace", labels=labels):
        name = home["metadata"]["name"]
        job = client.get("batch/v1", "Job", END, name)
        if job is None or _leaving(home):
            continue
        made = client.get(objects.CLUSTERS, "Cluster", name, name) or {}
        created = datetime.fromisoformat(job["metadata"]["creationTimestamp"])
        found.append(
            Listed(
                name=name,
                target=home["metadata"].get("annotations", {}).get(TARGET, ""),
                purpose=home["metadata"]["labels"].get(PURPOSE, ""),
                phase=made.get("status", {}).get("phase", ""),
                created=created,
                until=created + timedelta(seconds=job["spec"]["activeDeadlineSeconds"]),
            )
        )
    return sorted(found, key=lambda one: one.created)


def made_before(client: ClusterClient, wanted: Wanted) -> Listed | None:
    """Return the clone that an earlier run has made for the same purpose, of the same target."""
    for one in clones(client, wanted.spec.namespace, wanted.spec.cluster):
        if (one.purpose, one.target) == (wanted.purpose, wanted.told):
            return one
    return None


def tidy(client: ClusterClient) -> None:
    """Remove the namespaces of clones that have ended: what was in them is gone by itself."""
    for home in client.objects("v1", "Namespace", labels=OF_CLUSTER):
        metadata = home["metadata"]
        age = datetime.now(UTC) - datetime.fromisoformat(metadata["creationTimestamp"])
        if age < _ABANDONED or _leaving(home):
            continue
        if client.get("batch/v1", "Job", END, metadata["name"]) is None:
            client.delete("v1", "Namespace", metadata["name"])


def _leaving(home: Manifest) -> bool:
    return "deletionTimestamp" in home["metadata"]
