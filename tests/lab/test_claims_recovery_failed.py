"""A base backup that failed after its end was noted is the newest one to CloudNativePG.

Barman leaves one like it when the store refuses the last upload
(findings/barman-failed-backup-is-the-newest.sh). About six minutes on a quiet machine.
"""

import re
from collections.abc import Iterator

import pytest

from components.pods.evidence import read
from components.postgres import DrillsSpec, RestoreSpec
from tests.lab.conftest import Claim
from tests.lab.drilling import why
from tests.lab.recovering import NAME, Recovering, outside
from tools import Fault, kube
from tools.lab.cluster import Lab
from tools.lab.databases.archives import fail
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.environment import Environment

pytestmark = [pytest.mark.own_parts("off-site store"), pytest.mark.group("alone")]

_COUNT = "select count(*) from kept"


@pytest.fixture
def shop(
    lab: Lab,
    n8n: Deployed,  # noqa: ARG001 (the environment is deployed)
    environment: Environment,
) -> Iterator[Recovering]:
    """A database with drills, a base backup and rows after it."""
    with outside(lab, environment):
        made = Recovering(lab, lab.directory / "failed")
        made.declare(drills=DrillsSpec(suspended=True))
        made.up()
        made.active.wait_archiving()
        made.active.wait_backed_up()
        made.active.sql("create table kept as select g as id from generate_series(1, 1000) g")
        made.active.archive_now()
        yield made


def test_a_base_backup_that_failed_last_is_passed_over_by_drill_clone_and_restore(
    shop: Recovering, claim: Claim
) -> None:
    database = shop.active
    assert database.archive
    newest, failed = fail(shop.lab, database.namespace, database.archive, database.name)

    with database.restoring(f"{database.name}-alone") as alone:
        kube.wait(
            "a restore that names no base backup fails",
            lambda: failed in alone.recovery_log() or failed in alone.recovery_log(_PLUGIN),
            lambda: alone.recovery_log()[-400:] + alone.recovery_log(_PLUGIN)[-400:],
            300,
        )
        found = read(shop.data("drill", NAME, "--from", "archive"))
        assert (found.verdict, found.versions["backup"]) == ("passed", newest), why(found)
        assert alone.status().get("readyInstances", 0) == 0
    rows = shop.data("inspect", NAME, "--at", "latest", "--query", _COUNT)
    assert rows["rows"] == [["1000"]]

    planned = shop.said("restore", NAME, "--to", "latest", "--reason", "all of it")
    assert re.search(rf"backup=.{newest}.,[\s+]+latest=True", planned), planned

    shop.declare(generations=[RestoreSpec(source=1, reason="by hand")])
    told = f'which is FAILED; write backup="{newest}", latest=True in its entry'
    with pytest.raises(Fault, match=f"begins with base backup {failed} of .*{told}"):
        shop.up()
    entry = RestoreSpec(source=1, backup=newest, latest=True, reason="by hand")
    shop.declare(generations=[entry])
    changed = shop.up()
    claim("pulumi up that restores from the one before", changed.seconds, "s")
    second = shop.generation(2)
    assert second.sql(_COUNT) == "1000"


_PLUGIN = "plugin-barman-cloud"
