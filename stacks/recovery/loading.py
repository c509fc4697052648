"""The Job that loads a database from a clone into a running cluster, and the role that it uses.

No superuser can log in over the network, so one can for the time of the Job, on both sides. Its
password is in a Secret that only the Job mounts. The Job's name is the database's: two operators
who restore it follow one Job.
"""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Any

from components.kube.program import restricted_pod
from components.postgres.images import POSTGRES_USER
from components.postgres.instances import pull_secrets
from stacks.cluster import ClusterClient, Manifest, Refused, place_of
from stacks.command import Fault
from stacks.recovery.psql import Instance, scram_verifier

ROLE = "tier0_restore"
_SCRIPT = Path(__file__).with_name("load.sh").read_text(encoding="utf-8")
_CLONE, _DATABASE, _STAMP = "tier0/clone", "tier0/database", "tier0/stamp"

_PROCESSES = 4
"""Of pg_dump and pg_restore; each has a connection."""

_LOGIN = timedelta(days=2)
"""How long the role can log in if no run ends it; a connection that is open stays."""

_MOST_BYTES = 63
"""Of a name in PostgreSQL (NAMEDATALEN)."""

_ENTER = r"""
set log_statement = 'none';
select not exists (select from pg_roles where rolname = :'role') as new \gset
\if :new
create role :"role";
\endif
alter role :"role" with superuser login password :'verifier' valid until :'until';
"""
_LEAVE = 'drop role if exists :"role";'


@dataclass(frozen=True)
class Load:
    """A database on its way from a clone into a running cluster."""

    namespace: str
    live: str
    """The Cluster that gets it."""

    clone: str
    """The Cluster that it comes from, and its namespace."""

    stamp: str
    """When the clone was made, as digits: with it the names are the same in each run."""

    database: str

    verified: str | None = None
    """The host name in the live server's certificate; None: the name of the Cluster's Service."""

    @property
    def job(self) -> str:
        """The name of the Job and of its Secret."""
        return job_name(self.live, self.database)

    @property
    def incoming(self) -> str:
        """The database's name until it takes its place, on both sides."""
        return dated(self.database, "restoring", self.stamp)

    @property
    def kept(self) -> str:
        """The name of the database whose place it takes."""
        return dated(self.database, "before", self.stamp)


@dataclass(frozen=True)
class Needs:
    """What the Job needs of the two clusters."""

    image: str
    major: int
    storage_class: str | None
    size: int
    """Bytes of the database in the clone; its compressed dump is smaller."""

    authority: str
    """The Secret with the `ca.crt` of the live server's certificate."""

    pull_secrets: Sequence[str] = ()
    """Secrets in the namespace for the registries of the image."""


def dated(database: str, word: str, stamp: str) -> str:
    """Return `<database>_<word>_<stamp>` in PostgreSQL's 63 bytes, a digest for what is too long.

    A character is not cut in two.
    """
    ending = f"_{word}_{stamp}"
    whole = database.encode()
    room = _MOST_BYTES - len(ending)
    if len(whole) <= room:
        return database + ending
    digest = f"_{sha256(whole).hexdigest()[:8]}"
    return whole[: room - len(digest)].decode(errors="ignore") + digest + ending


def job_name(cluster: str, database: str) -> str:
    """Return the name of the Job that loads a database into a Cluster, whose name is its prefix."""
    return f"{cluster}-db-{sha256(database.encode()).hexdigest()[:8]}"


def of_job(job: Manifest) -> tuple[str, str]:
    """Return which clone a Job loads from, and the stamp of the names."""
    notes = job["metadata"]["annotations"]
    return notes[_CLONE], notes[_STAMP]


def enter(client: ClusterClient, load: Load, sides: tuple[Instance, ...], authority: str) -> None:
    """Let the Job's role log in on both sides; run twice, the password stays.

    *authority* is the CA of the clone's server in base64: a pod mounts no Secret of the clone's
    namespace.
    """
    password = _password(client, load)
    change = {"data": {"clone.crt": authority}}
    client.patch("v1", "Secret", load.job, load.namespace, change=change)
    until = (datetime.now(UTC) + _LOGIN).isoformat(timespec="seconds")
    values = {"role": ROLE, "until": until}
    for side in sides:
        verifier = scram_verifier(password, secrets.token_bytes(16))
        side.sql(_ENTER, values | {"verifier": verifier})


def leave(client: ClusterClient, load: Load, sides: tuple[Instance, ...]) -> None:
    """Remove the role and its password."""
    for side in sides:
        side.sql(_LEAVE, {"role": ROLE})
    client.delete("v1", "Secret", load.job, load.namespace)


def submit(client: ClusterClient, load: Load, needs: Needs) -> None:
    """Create the Job, unless another run has."""
    _create(client, job(load, needs))


def job(load: Load, needs: Needs) -> Manifest:
    """Return the Job."""
    pod = restricted_pod(
        "load",
        image=needs.image,
        command=["sh", "-c", _SCRIPT],
        user=POSTGRES_USER,
        group=POSTGRES_USER,
        requests={"cpu": "100m", "memory": "256Mi"},
        memory="1Gi",
        mounts={"secret": "/secret"},
        volumes=[_scratch(needs), _secret(load, needs)],
        env={
            "NAME": load.incoming,
            "CLONE": f"{load.clone}-rw.{load.clone}.svc",
            "LIVE": load.verified or f"{load.live}-rw",
            "MAJOR": str(needs.major),
            "JOBS": str(_PROCESSES),
            "PGSSLMODE": "verify-full",
            "SECRET": "/secret",
            "WORK": "/work",
        },
    )
    pod["containers"][0]["volumeMounts"].append({"name": "work", "mountPath": "/work"})
    # Its pod has no label of the Cluster: the NetworkPolicy of databases would select it, and lets
    # none reach another namespace.
    notes = {_CLONE: load.clone, _DATABASE: load.database, _STAMP: load.stamp}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": load.job,
            "namespace": load.namespace,
            "annotations": notes,
        },
        "spec": {
            # A run of the command starts it again; by itself it would do so without being watched.
            "backoffLimit": 0,
            "template": {
                "spec": {**pod, **pull_secrets(needs.pull_secrets), "restartPolicy": "Never"}
            },
        },
    }


def _scratch(needs: Needs) -> Manifest:
    """Return the volume of the dump: it goes with its pod, and cannot fill the node's disk."""
    claim: dict[str, Any] = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": f"{1024 + needs.size // 2**20}Mi"}},
    }
    if needs.storage_class:
        claim["storageClassName"] = needs.storage_class
    return {"name": "work", "ephemeral": {"volumeClaimTemplate": {"spec": claim}}}


def _secret(load: Load, needs: Needs) -> Manifest:
    """Return the volume with the password and the authorities of both servers, without keys."""
    own = [{"key": name, "path": name} for name in ("password", "clone.crt")]
    live = [{"key": "ca.crt", "path": "live.crt"}]
    sources = [
        {"secret": {"name": load.job, "items": own}},
        {"secret": {"name": needs.authority, "items": live}},
    ]
    return {"name": "secret", "projected": {"sources": sources}}


def _password(client: ClusterClient, load: Load) -> str:
    """Return the role's password: a new one, or that of a run before this."""
    metadata = {"name": load.job, "namespace": load.namespace}
    new = base64.b64encode(secrets.token_hex(24).encode()).decode()
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": {"password": new}}
    _create(client, secret)
    found = client.get("v1", "Secret", load.job, load.namespace)
    if found is None:
        raise Fault(place_of(secret), "it was deleted at once", "run again")
    return base64.b64decode(found["data"]["password"]).decode()


def _create(client: ClusterClient, manifest: Manifest) -> None:
    """Create an object unless it exists; raise Refused."""
    path = client.path(
        manifest["apiVersion"], manifest["kind"], "", manifest["metadata"]["namespace"]
    )
    answer = client.request("POST", path or "", manifest)
    if not answer.ok and answer.status != HTTPStatus.CONFLICT:
        raise Refused(place_of(manifest), answer)
