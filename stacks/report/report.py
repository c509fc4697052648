"""`python -m stacks report`: reads the records of drills, and tells what they come to."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from components.pods.evidence import STATUS, Evidence
from components.postgres.drills import DRILLS_NAMESPACE, record_name
from stacks.check import load, module_of
from stacks.command import Fault, say, write_atomically
from stacks.environment import EnvironmentSpec
from stacks.report.folder import evidence_under
from stacks.report.proof import save
from stacks.report.record import Record, from_config_map, from_evidence
from stacks.report.show import show
from stacks.report.standing import ORDER, Standing, standing


@dataclass(frozen=True, kw_only=True)
class Report:
    """The drills of an environment at one moment."""

    environment: str
    now: datetime
    found: Sequence[Standing]
    """Each drilled database, the worst first."""

    faults: Sequence[str] = ()
    """What could not be read: `place: fault; fix`."""

    @property
    def status(self) -> int:
        """0 if each is fresh and all could be read, else the worst's (docs/report.md)."""
        worst = self.found[0].status if self.found else 0
        unread = STATUS["unverified"] if self.faults else 0
        return worst if worst == STATUS["failed"] else max(worst, unread)

    @property
    def json(self) -> dict[str, Any]:
        """It, as JSON."""
        return {
            "environment": self.environment,
            "now": self.now.isoformat(timespec="seconds"),
            "status": self.status,
            "faults": [*self.faults],
            "databases": [
                {
                    "database": it.database,
                    "standing": it.word,
                    "why": it.why,
                    "last_good": it.proven.id if it.proven else None,
                    "proof_until": it.late.isoformat() if it.late else None,
                    "running": it.record.running,
                    "runs": [asdict(run) for run in it.record.runs],
                    "last": {depth: one.json for depth, one in it.record.last.items()},
                    "good": {depth: one.json for depth, one in it.record.good.items()},
                }
                for it in self.found
            ],
        }


def run(arguments: argparse.Namespace) -> int:
    """Print how the drills of an environment stand; return the exit status that says so."""
    name, html, folder = arguments.environment, arguments.html, arguments.folder
    environment, now = load(name), datetime.now(UTC)
    if html and html.is_dir():
        raise Fault(f"--html {html}", "it is a folder", "write the name of a file")
    records, faults = _files(environment, folder) if folder else (_cluster(environment), [])
    made = Report(
        environment=module_of(name).stem,
        now=now,
        found=_standings(environment, records, now),
        faults=faults,
    )
    if html:
        from stacks.report.page import page  # noqa: PLC0415 - only a page needs it

        write_atomically(html, page(made.environment, made.found, faults, now), 0o644)
    if arguments.save:
        save(module_of(name), environment, {it.database: it.record for it in made.found})
    if arguments.json:
        say(json.dumps(made.json, indent=2))
    else:
        show(made.environment, made.found, made.faults, now, Console())
    return made.status


def _standings(
    environment: EnvironmentSpec, records: dict[str, Record], now: datetime
) -> list[Standing]:
    found = [
        standing(role, records.get(role, Record()), drills, now)
        for role in environment.databases
        if (drills := environment.drills(role))
    ]
    return sorted(found, key=lambda it: (ORDER.index(it.word), it.database))


def _cluster(environment: EnvironmentSpec) -> dict[str, Record]:
    """Return the records that the cluster keeps, by database."""
    from stacks.cluster import ClusterClient  # noqa: PLC0415 - a folder needs no cluster

    with ClusterClient.connect(environment.context) as kube:
        maps = kube.objects("v1", "ConfigMap", DRILLS_NAMESPACE)
    data = {it["metadata"]["name"]: it.get("data") or {} for it in maps}
    return {
        role: from_config_map(f"ConfigMap {DRILLS_NAMESPACE}/{name}", data[name])
        for role in environment.databases
        if (name := record_name(role)) in data
    }


def _files(environment: EnvironmentSpec, folder: Path) -> tuple[dict[str, Record], list[str]]:
    """Return the records that the evidence under *folder* makes, and what cannot be read there."""
    if not folder.is_dir():
        raise Fault(f"--from {folder}", "it is no folder", "write one that holds evidence")
    found = dict[str, list[Evidence]]()
    read, faults = evidence_under(folder, environment.context)
    for one in read:
        if one.database in environment.databases:
            found.setdefault(one.database, []).append(one)
    return {role: from_evidence(them) for role, them in found.items()}, faults
