"""Scenario 1: the node burns with etcd, volumes and its own object store; one outside of it stays.

The environment comes back out of the checkout, and beside its databases the burnt one out of the
archive. Images are kept, as by a registry. Afterwards the environment is deployed as it was. It
takes a quarter of an hour on a busy machine.
"""

import time
from collections.abc import Iterator

import pytest

from components.spec.words import seconds as in_seconds
from tests.lab.conftest import BUCKET, Claim
from tools.lab.bringup import Phases, bring_up
from tools.lab.cluster import Lab
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.environment import Environment
from tools.lab.databases.load import load
from tools.lab.machine.paths import MARKER
from tools.lab.offsite.store import Offsite

LATER_SECONDS = 20
_ROWS = (
    "select count(*), md5(string_agg(id || ' ' || extract(epoch from at), ',' order by id))"
    " from load where id <= {last}"
)


pytestmark = [pytest.mark.own_parts("node", "off-site store"), pytest.mark.group("alone")]


@pytest.fixture
def database(
    lab: Lab,
    n8n: Deployed,
    offsite: Offsite,  # noqa: ARG001 (it must be there before)
    environment: Environment,
) -> Iterator[Deployed]:
    """A copy of the environment's database that archives to the store outside of the node."""
    with n8n.copied("n8n-burnt", 1, barmanObjectName=BUCKET) as copied:
        copied.wait_archiving()
        try:
            yield copied
        finally:
            bring_up(lab)  # whatever was lost when the test ended
            environment.up()


def test_scenario_1_a_lost_cluster_comes_back_from_the_archive_off_site(
    lab: Lab, database: Deployed, offsite: Offsite, environment: Environment, claim: Claim
) -> None:
    objectives = environment.spec.databases["n8n"].objectives
    with load(database) as writer:
        database.back_up(f"{database.name}-base")
        writer.wait_written_after(time.time())
        archived = _ROWS.format(last=max(writer.acknowledged()))
        database.archive_now()
        wanted = database.sql(archived)
        time.sleep(LATER_SECONDS)
        acknowledged = writer.acknowledged()
    began = time.monotonic()
    lab.lose_node()
    assert {one.name for one in lab.directory.iterdir()} <= {lab.offsite.name, "lost", MARKER}
    assert f"{database.name}/base/" in offsite.request(f"/{BUCKET}?prefix={database.name}")
    phases = bring_up(lab)
    with phases.phase("pulumi up"):
        environment.up()
    lab.apply([offsite.secret(database.namespace)])
    where = offsite.archive(BUCKET).configuration
    name, patience = f"{database.name}-back", in_seconds(objectives.rto)
    with database.restored(name, configuration=where, seconds=patience) as (restored, took):
        found = restored.sql(archived)
        total = time.monotonic() - began
        assert found == wanted, "the archived rows came back otherwise"
        kept = restored.sql("select string_agg(id::text, ',' order by id) from load").split(",")
    phases.taken["restore"] = took
    lost = sorted(set(acknowledged) - set(map(int, kept)))
    latest = max(acknowledged.values())
    span = latest - min((acknowledged[one] for one in lost), default=latest)
    _show(phases, claim)
    claim(f"from the fire to the rows, of an RTO of {objectives.rto}", total, "s")
    claim("archived rows back, in order", wanted.partition("|")[0], "rows")
    claim("acknowledged later and lost", len(lost), f"of {len(acknowledged)}")
    claim(f"the seconds they span, of an RPO of {objectives.rpo}", span, "s")
    assert not lost or lost[0] > int(kept[-1]), f"rows before {kept[-1]} are missing"
    assert span <= in_seconds(objectives.rpo)
    assert total <= in_seconds(objectives.rto)


def _show(phases: Phases, claim: Claim) -> None:
    """Record the phases; those of the smaller operators as one."""
    shown = ("node", "images", "Rook and Ceph", "pulumi up", "restore")
    others = {name: took for name, took in phases.taken.items() if name not in shown}
    for name in shown[:2]:
        claim(name, phases.taken[name], "s")
    claim("operators", sum(others.values()), "s")
    for name in shown[2:]:
        claim(name, phases.taken[name], "s")
