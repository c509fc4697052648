"""A database that is lost and restored by tier0's own commands, and `pulumi up`.

It belongs to the environment of lab.py, in a copy of that file which the commands change, so that
the other databases stay as they are.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from components.postgres.drills import DRILLS_NAMESPACE
from tests import valid
from tests.lab.conftest import COPIES, LOCK_DAYS, MODULE
from tests.support import to_module
from tools import Fault
from tools.lab.access import Cluster
from tools.lab.cluster import Lab
from tools.lab.databases.commands import stacks
from tools.lab.databases.databases import Database
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.environment import Change, Environment
from tools.lab.offsite.store import COPIER, Offsite
from tools.lab.operators import snapshots

NAME = "shop"

_VOLUMES = '            storage="1Gi",\n'
_SNAPSHOTS = f"""\
            storage_class="{snapshots.CLASS}",
            snapshots=SnapshotsSpec(class_name="{snapshots.CLASS}", schedule="30 2 * * *"),
"""

_SHOP = """\
        "shop": PostgresSpec(
            namespace="shop-prod",
            cluster="shop-postgres",
            database="shop",
            owner="shop",
            image="ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
            instances=1,
            storage="1Gi",
            resources=ResourcesSpec(cpu="20m", memory="512Mi"),
            parameters={"max_wal_size": "256MB"},
            checks={"it-answers": "select true"},
            objectives=ObjectivesSpec(rpo="90s", rto="15m"),
            backup=BackupSpec(
                bucket=BucketClaimSpec(
                    bucket="{bucket}",
                    claim="shop-backups",
                ),
                schedule="0 2 * * *",
                retention="30d",
            ),
        ),
"""


class Recovering:
    """The database `shop`, and the file that declares it."""

    def __init__(self, lab: Cluster, folder: Path, *, alone: bool = False) -> None:
        """Write the environment's file into *folder*; *alone*: without the other databases."""
        self.lab = lab
        before, begin, others = MODULE.read_text().partition("    databases={\n")
        folder.mkdir(parents=True, exist_ok=True)
        self.file = folder / MODULE.name
        # Another bucket in each run: the copies of the last one are locked.
        shop = _SHOP.replace("{bucket}", f"shop-{int(time.time())}")
        self.file.write_text(before + begin + shop + ("    },\n)\n" if alone else others))

    def declare(self, **fields: object) -> None:
        """Declare these fields of it, the others as they are."""
        changes = {f"databases.{NAME}.{field}": value for field, value in fields.items()}
        to_module(valid.edited(str(self.file), changes), self.file)

    def snapshot(self) -> None:
        """Have its volumes made by the lab's CSI driver, and snapshots of them."""
        before, shop, after = self.file.read_text().partition(f'        "{NAME}": PostgresSpec(\n')
        before = before.replace("import DrillsSpec,", "import DrillsSpec, SnapshotsSpec,", 1)
        after = after.replace(_VOLUMES, _VOLUMES + _SNAPSHOTS, 1)
        self.file.write_text(before + shop + after)

    @property
    def environment(self) -> Environment:
        """The environment as its file declares it now."""
        return Environment(self.lab, self.file)

    @property
    def active(self) -> Deployed:
        """The active generation."""
        return self.environment.database(NAME)

    def generation(self, number: int) -> Database:
        """Return a generation, whatever its state."""
        spec = self.environment.spec.databases[NAME]
        cluster = spec.lineage[number - 1].cluster
        return Deployed(self.lab, spec.namespace, cluster, None, spec.image, holds=NAME)

    def up(self) -> Change:
        """Run `pulumi up`."""
        return self.environment.up()

    def said(self, command: str, *arguments: str, fails: bool = False) -> str:
        """Run `python -m stacks COMMAND FILE ARGUMENTS`; return what it prints."""
        done = stacks(self.lab, command, str(self.file), *arguments)
        if (done.returncode != 0) != fails:
            raise Fault(f"{command} {' '.join(arguments)}", done.stderr + done.stdout, "see why")
        return done.stderr if fails else done.stdout

    def data(self, command: str, *arguments: str) -> Any:
        """Run a command with `--json`; return what it prints."""
        return json.loads(self.said(command, *arguments, "--json"))


@contextmanager
def outside(lab: Lab, environment: Environment) -> Iterator[Offsite]:
    """Yield the store outside of the node for a `shop` to be made; drills have its keys meanwhile.

    What another test has left of that database is removed before, and what is made of it after.
    """
    store = Offsite(lab)
    store.start()
    store.make_copy_bucket(COPIES, LOCK_DAYS)
    environment.up()
    lab.apply([store.copier_secret(DRILLS_NAMESPACE)])
    yield store
    lab.kube.delete("v1", "Secret", COPIER, DRILLS_NAMESPACE)
    environment.up()
