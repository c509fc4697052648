"""What is lost, and for how long, when a part is taken away under load.

Each loses something of the lab and puts it back, or copies of the environment's database: one to
eight minutes each on a quiet machine.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

import pytest

from components.spec.words import seconds as in_seconds
from tests.lab.conftest import Claim
from tools.lab.cluster import Lab
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.environment import Environment
from tools.lab.databases.load import load, missing
from tools.lab.operators import openbao

BURNT = 5
"""Databases that are lost with everything, spread over the archive_timeout."""

_ARCHIVED = "select extract(epoch from last_archived_time) from pg_stat_archiver"


class Loss(NamedTuple):
    """What was lost with everything of one database."""

    rows: int
    """Acknowledged and not restored."""

    of: int
    """All that were acknowledged."""

    span: float
    """Seconds from the first of them to the last row acknowledged."""

    restored: float
    """Seconds until the restored database was healthy."""


@pytest.mark.group("rpo")
def test_what_is_lost_with_the_whole_database_is_within_its_rpo(
    n8n: Deployed, environment: Environment, claim: Claim
) -> None:
    objectives = environment.spec.databases["n8n"].objectives
    timeout = objectives.archive_timeout_seconds
    phases = [timeout * (turn + 0.5) / BURNT for turn in range(BURNT)]
    with ThreadPoolExecutor(BURNT) as pool:
        lost = list(pool.map(partial(_lose_everything, n8n, timeout), phases))
    worst = max(one.span for one in lost)
    slowest = max(one.restored for one in lost)
    each = [f"{one.rows} of {one.of} ({one.span:.1f} s)" for one in lost]
    when = ", ".join(f"{phase:.0f}" for phase in phases)
    claim(f"acknowledged transactions lost {when} s after archiving", ", ".join(each), "")
    claim(f"the most seconds that they span, of an RPO of {objectives.rpo}", worst, "s")
    claim(f"slowest of {BURNT} restored at once, of an RTO of {objectives.rto}", slowest, "s")
    assert all(one.rows < one.of for one in lost), "nothing was restored"
    assert worst > timeout / 2, "what was burnt had been archived: no loss was measured"
    assert worst <= in_seconds(objectives.rpo)
    assert slowest <= in_seconds(objectives.rto)


def _lose_everything(n8n: Deployed, timeout: float, phase: float) -> Loss:
    """Burn a copy under load, `phase` seconds after WAL was archived, and restore it."""
    with n8n.copied(f"n8n-lost-{phase:.0f}", 1) as database:
        database.wait_archiving()
        database.back_up(f"{database.name}-base")
        configuration = database.configuration()
        with load(database) as writer:
            time.sleep(1.5 * timeout)
            archived = float(database.sql(_ARCHIVED))
            time.sleep((archived + phase - time.time()) % timeout)
            database.burn()
            acknowledged = writer.acknowledged()
        back = f"{database.name}-back"
        with database.restored(back, configuration=configuration, seconds=800) as (restored, took):
            lost = missing(restored, acknowledged)
    last = max(acknowledged.values())
    span = last - min((acknowledged[number] for number in lost), default=last)
    return Loss(len(lost), len(acknowledged), span, took)


@pytest.mark.smoke
@pytest.mark.group("alone")
@pytest.mark.own_parts("OpenBao")
def test_without_its_kms_archiving_fails_loudly_and_goes_on_when_it_is_back(
    lab: Lab, n8n: Deployed, legacy: Deployed, claim: Claim
) -> None:
    n8n.wait_archiving()
    openbao.scale(lab, 0)
    try:
        n8n.sql("select pg_logical_emit_message(true, 'tier0', 'kms'); select pg_switch_wal()")
        began = time.monotonic()
        n8n.wait_refused()
        loud = time.monotonic() - began
        legacy.archive_now()  # what is not encrypted needs no KMS
    finally:
        openbao.scale(lab, 1)
    began = time.monotonic()
    n8n.wait_archiving()
    n8n.archive_now()
    claim("until ContinuousArchiving is False", loud, "s")
    claim("back until WAL is archived", time.monotonic() - began, "s")
