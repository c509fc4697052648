"""What the demo does to its lab; each method is one thing, which `story.py` tells of."""

import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.pods.evidence import STATUS, Evidence, read
from components.postgres.drills import DRILLS_NAMESPACE
from components.spec.words import seconds
from stacks.check import load
from stacks.environment import EnvironmentSpec
from stacks.recovery.archives import Which
from stacks.report.record import GOOD
from tools import Fault, say
from tools.build.cache import discard
from tools.lab.bringup import bring_up
from tools.lab.cluster import Lab
from tools.lab.databases.commands import stacks
from tools.lab.databases.copier import Copier
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.environment import Environment
from tools.lab.databases.load import Writer, begin, missing
from tools.lab.machine import host
from tools.lab.machine.paths import OWNER
from tools.lab.offsite.keys import given
from tools.lab.offsite.store import Offsite

MODULE = Path(__file__).with_name("demo.py")
ROLE = "n8n"
_DAY = 86400


@dataclass(frozen=True)
class Objectives:
    """What is declared, in seconds."""

    rto: int
    lost: int
    """The writes that may be lost with the whole cluster."""


@dataclass(frozen=True)
class Fire:
    """The loss of the cluster."""

    began: float
    """By the machine's clock, as `committed`."""

    committed: Mapping[int, float]
    """The rows that the database had promised the client until then, with their moments."""

    def lost_seconds(self, lost: set[int]) -> float:
        """Return the time that the lost rows span until the fire; 0 if none is lost.

        Raise Fault if a newer row is there: then the archive has a hole, and not an early end.
        """
        if not lost:
            return 0.0
        first = min(lost)
        if newer := {it for it in self.committed if it > first} - lost:
            fault = f"row {first} is lost, and {len(newer)} newer ones are there"
            raise Fault(f"database {ROLE}", fault, "examine its archive: this is a fault of tier0")
        return self.began - self.committed[first]


class Stage:
    """A lab, and a folder with what outlives it: the environment's file, evidence, the report."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        """Name them; nothing is done."""
        self.lab = lab
        self.module = folder / MODULE.name
        """The environment's file, which the recovery changes; people have theirs in Git."""

        self.page = folder / "report.html"
        self.log = folder / "demo.log"
        """What each step says in full."""

        self._folder = folder
        self._evidence = folder / "evidence"
        self._store = Offsite(lab)
        self._writer: Writer | None = None

    def prepare(self) -> None:
        """Raise Fault where no lab can come up, or another is up; then empty the folder."""
        host.provide()
        if OWNER.exists():
            fix = "run `make lab-down` in its checkout first"
            raise Fault(OWNER.read_text(), "a lab is up, and the demo burns the one it uses", fix)
        self.lab.check()
        discard(self._folder)
        self._evidence.mkdir(parents=True)
        shutil.copy(MODULE, self.module)

    def bring_up(self) -> None:
        """Bring the lab up, and the off-site store with its bucket; what runs already stays."""
        bring_up(self.lab)
        self._store.start()
        copies = self._spec.offsite
        if copies is None or copies.lock is None:
            raise Fault(str(MODULE), "it has no locked off-site copy", "give it one")
        self._store.make_copy_bucket(copies.bucket, seconds(copies.lock) // _DAY)

    def plan(self) -> Objectives:
        """Return what `plan` says; nothing needs to run."""
        (database,) = self._data("plan")["databases"]
        declared = {it["objective"]: it["declared_seconds"] for it in database["objectives"]}
        return Objectives(declared["restore_time"], declared["data_at_risk_offsite"])

    def deploy(self) -> None:
        """Run `pulumi up`; the store's keys come into the namespaces as soon as they are there."""
        environment = Environment(self.lab, self.module)
        spaces = (environment.spec.databases[ROLE].namespace, DRILLS_NAMESPACE)
        with given(self.lab, [self._store.copier_secret(space) for space in spaces]):
            say(environment.up().said)

    def write(self) -> None:
        """Have a client write rows from now on."""
        self._writer = begin(self._database)

    def wait_backed_up(self) -> None:
        """Wait for the first base backup of the active generation."""
        self._database.wait_backed_up()

    def wait_copied(self) -> None:
        """Wait until the off-site copy has it, and the WAL until now."""
        Copier.of(self._database).wait_whole()

    def drill(self, store: Which) -> Evidence:
        """Run a drill and keep its evidence; raise Fault unless it gave the data."""
        found = read(self._data("drill", ROLE, "--from", store))
        kept = self._evidence / f"{found.id}.json"
        kept.write_text(json.dumps(found.json), encoding="utf-8")
        if found.verdict not in GOOD:
            said = f"its verdict is {found.verdict} ({found.reason})"
            raise Fault(f"drill {found.id}", said, f"read {kept}")
        return found

    def burn(self) -> Fire:
        """Lose the node with all that it has, while the client writes."""
        if self._writer is None:
            raise Fault("the demo", "no client writes", "start one before the fire")
        fire = Fire(time.time(), self._writer.acknowledged())
        self.lab.lose_node()
        return fire

    def restore(self) -> str:
        """Have the environment's file declare the restore; return the new Cluster's name."""
        reason = "the whole cluster has burnt"
        self._stacks("restore", "--all", "--from", "offsite", "--write", "--reason", reason)
        return self._spec.databases[ROLE].current.cluster

    def lost(self, fire: Fire) -> set[int]:
        """Return the rows of before the fire that the database does not have."""
        return missing(self._database, fire.committed)

    def report(self) -> tuple[str, int]:
        """Write the page of all evidence; return the database's word and the exit status."""
        found = self._data("report", "--from", str(self._evidence), "--html", str(self.page))
        (database,) = found["databases"]
        return database["standing"], found["status"]

    def down(self) -> None:
        """Remove the lab, in whatever state it is."""
        self.lab.down()

    @property
    def _spec(self) -> EnvironmentSpec:
        return load(str(self.module))

    @property
    def _database(self) -> Deployed:
        """The active generation, as the environment's file declares it now."""
        return Environment(self.lab, self.module).database(ROLE)

    def _data(self, command: str, *arguments: str) -> Any:  # noqa: ANN401 (any JSON)
        return json.loads(self._stacks(command, *arguments, "--json"))

    def _stacks(self, command: str, *arguments: str) -> str:
        """Run `python -m stacks COMMAND` on the environment's file; return what it prints."""
        done = stacks(self.lab, command, str(self.module), *arguments)
        say(done.stderr + done.stdout)
        if done.returncode not in STATUS.values():
            said = done.stderr.strip()
            raise Fault(f"python -m stacks {command}", "it failed", f"what it said is\n{said}")
        return done.stdout
