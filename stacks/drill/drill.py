"""`python -m stacks drill`: one drill of a database, now, whatever its schedule says."""

import argparse
import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from components.pods.evidence import STATUS, Depth, Evidence
from components.pods.junit import junit
from components.postgres.drills import DRILLS_NAMESPACE, SCRATCH
from components.spec.words import moment_has_time_zone, seconds, utc_moment
from stacks.check import load
from stacks.check.sentences import printable
from stacks.cluster import ClusterClient
from stacks.command import Fault, say, write_atomically
from stacks.drill.run import Run
from stacks.drill.show import lines
from stacks.environment import EnvironmentSpec
from stacks.recovery.archives import Which, archives


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the command line asks for."""

    database: str
    depth: Depth
    store: Which | None
    """None: the one whose turn it is."""

    to: str | None
    dry: bool
    as_json: bool
    junit: Path | None

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> "Asked":
        """Return it; raise Fault."""
        asked = cls(
            database=arguments.database,
            depth=arguments.depth,
            store=arguments.store,
            to=_moment(arguments.to),
            dry=arguments.dry_run,
            as_json=arguments.json,
            junit=arguments.junit,
        )
        if asked.to and asked.depth == "look":
            fix = "leave it out, or write --depth restore"
            raise Fault(f"--to {arguments.to}", "a look restores nothing", fix)
        if asked.junit and not asked.junit.parent.is_dir():
            fix = "make it, or write another file"
            raise Fault(f"--junit {asked.junit}", "its folder does not exist", fix)
        return asked

    @property
    def overrides(self) -> dict[str, Any]:
        """What the drill's program is given besides its settings."""
        given = {"store": self.store, "to": self.to, "dry": self.dry or None}
        return {name: value for name, value in given.items() if value is not None}


def run(arguments: argparse.Namespace) -> int:
    """Run the drill of *arguments*; return its exit status."""
    asked, environment = Asked.of(arguments), load(arguments.environment)
    require(environment, asked)
    with ClusterClient.connect(environment.context) as kube:
        return drill(kube, environment, asked)


def require(environment: EnvironmentSpec, asked: Asked) -> None:
    """Raise Fault where the environment has no such database, copy or drills."""
    archives(environment, asked.database, asked.store or "archive")
    if environment.drills(asked.database) is None:
        place, fault = f"databases.{asked.database}.drills", "the database has none"
        raise Fault(place, fault, "write DrillsSpec() there, then run pulumi up")


def drill(kube: ClusterClient, environment: EnvironmentSpec, asked: Asked) -> int:
    """Run a drill, say its progress on stderr, print what it has shown; return its status.

    Raise Fault where it is not begun. A drill that is begun and has no evidence could not verify.
    """
    name = f"{asked.database}-{asked.depth}"
    schedule = kube.get("batch/v1", "CronJob", name, DRILLS_NAMESPACE)
    if schedule is None:
        place = f"CronJob {DRILLS_NAMESPACE}/{name}"
        raise Fault(place, "it is not there", "run pulumi up first")
    begun = datetime.now(UTC)
    # Whatever ends the command, a file of an earlier run does not stand for this one.
    _write(asked, unverified(environment, asked, begun, "the command ended before the drill"))
    if other := _other(kube, asked):
        _progress(f"{other}: it drills; this one waits until it has ended")
    running = Run(kube, schedule, asked.overrides)
    try:
        running.start()
        _progress(f"{running.place}: begins")
        try:
            found = running.follow(_progress)
        except Fault as fault:
            found = str(fault)
    finally:
        running.remove()
    if isinstance(found, str):
        found = unverified(environment, asked, begun, found)
    _write(asked, found)
    say(
        json.dumps(found.json, indent=2)
        if asked.as_json
        else "\n".join(map(printable, lines(found)))
    )
    return STATUS[found.verdict]


def unverified(
    environment: EnvironmentSpec, asked: Asked, begun: datetime, reason: str
) -> Evidence:
    """Return the evidence of a drill that gave none."""
    active, *_ = archives(environment, asked.database)
    objectives = environment.databases[asked.database].objectives
    return Evidence(
        id=f"{asked.database}-{asked.depth}-{begun:%Y%m%dT%H%M%SZ}",
        environment=environment.context,
        database=asked.database,
        depth=asked.depth,
        store=asked.store or "archive",
        generation=active.generation,
        server_name=active.server,
        begun=begun.isoformat(timespec="seconds"),
        ended=datetime.now(UTC).isoformat(timespec="seconds"),
        verdict="unverified",
        rung="none",
        reason=reason,
        target=asked.to,
        dry=asked.dry,
        rpo_seconds=seconds(objectives.rpo) + _copy_rpo(environment, asked),
        rto_seconds=seconds(objectives.rto),
    )


def _other(kube: ClusterClient, asked: Asked) -> str:
    """Return the drill that has the scratch cluster; empty if this one needs not wait for it."""
    if asked.depth == "look" or asked.dry:
        return ""
    held = kube.get("postgresql.cnpg.io/v1", "Cluster", SCRATCH, DRILLS_NAMESPACE)
    if held is None:
        return ""
    owners = held["metadata"].get("ownerReferences") or [{"kind": "Cluster", "name": SCRATCH}]
    return f"{owners[0]['kind']} {DRILLS_NAMESPACE}/{owners[0]['name']}"


def _copy_rpo(environment: EnvironmentSpec, asked: Asked) -> int:
    """Return by how many seconds the copy may be behind the archive; 0 of the archive."""
    offsite = environment.offsite if asked.store == "offsite" else None
    return seconds(offsite.rpo) if offsite else 0


def _write(asked: Asked, evidence: Evidence) -> None:
    if asked.junit:
        write_atomically(asked.junit, junit(evidence), 0o644)


def _progress(line: str) -> None:
    # The log of a pod may hold what a table is called.
    sys.stderr.write(f"{printable(line)}\n")
    sys.stderr.flush()


def _moment(said: str | None) -> str | None:
    """Return a moment of the command line in UTC; raise Fault."""
    if said is None:
        return None
    for found in moment_has_time_zone(said):
        fault, _, fix = found.message.partition("; ")
        raise Fault("--to", fault, fix)
    return utc_moment(said)
