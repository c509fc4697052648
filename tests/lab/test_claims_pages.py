"""A database in huge pages, which its node has no more of than it needs.

The pages are the whole machine's, and are given back. About five minutes on a quiet machine.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from components.pods.evidence import read
from components.postgres import DrillsSpec, ResourcesSpec
from tests.lab.conftest import Claim
from tests.lab.drilling import why
from tests.lab.recovering import NAME, Recovering, outside
from tools.lab.cluster import Lab
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.environment import Environment
from tools.lab.machine.pages import reserved
from tools.lab.machine.paths import NODE

pytestmark = [pytest.mark.own_parts("node", "off-site store"), pytest.mark.group("alone")]

_MEBIBYTES = 64


@contextmanager
def _known(lab: Lab) -> Iterator[None]:
    """Have the node offer huge pages meanwhile, as many as the database reserves."""
    try:
        with reserved(_MEBIBYTES // 2):
            lab.restart_kubelet()
            lab.wait("the node offers huge pages", lambda: _offered(lab) == f"{_MEBIBYTES}Mi")
            yield
    finally:
        lab.restart_kubelet()


def _offered(lab: Lab) -> str:
    found = lab.kube.get("v1", "Node", NODE) or {}
    return str(found.get("status", {}).get("allocatable", {}).get("hugepages-2Mi"))


@pytest.fixture
def shop(
    lab: Lab,
    n8n: Deployed,  # noqa: ARG001 (the environment is deployed)
    environment: Environment,
) -> Iterator[Recovering]:
    """A database that reserves them, with drills; it is not made yet."""
    with _known(lab), outside(lab, environment):
        made = Recovering(lab, lab.directory / "pages")
        made.declare(
            resources=ResourcesSpec(cpu="20m", memory="512Mi", huge_pages=f"{_MEBIBYTES}Mi"),
            parameters={"max_wal_size": "256MB", "shared_buffers": "32MB"},
            drills=DrillsSpec(suspended=True),
        )
        yield made


def test_a_database_is_in_the_huge_pages_that_it_reserves_and_its_drill_needs_none(
    shop: Recovering, claim: Claim
) -> None:
    shop.up()
    database = shop.active
    database.wait_archiving()
    assert database.sql("show huge_pages_status") == "on"
    claim("huge pages taken", database.sql("show shared_memory_size_in_huge_pages"), "of 2 MiB")
    database.back_up(f"shop-pages-{int(time.time())}")
    database.archive_now()
    found = read(shop.data("drill", NAME, "--from", "archive"))
    assert (found.verdict, found.rung) == ("passed", "yours"), why(found)
    assert database.sql("show huge_pages_status") == "on"
