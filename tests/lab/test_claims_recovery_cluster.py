"""Scenario 1 three times in a row, by the commands and `pulumi up` only.

Each time the node burns with etcd, volumes, its object store and Pulumi's state; only the off-site
store stays. What is restored is what was itself restored: errors of counting and pruning show in
the third. About five minutes each.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest

from components.spec.words import seconds as in_seconds
from tests.lab.conftest import COPIES, LOCK_DAYS, Claim
from tests.lab.recovering import NAME, Recovering
from tools import Fault
from tools.lab.bringup import bring_up
from tools.lab.cluster import Lab
from tools.lab.databases.copier import Copier
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.environment import Environment
from tools.lab.offsite.keys import given
from tools.lab.offsite.store import Offsite

pytestmark = [pytest.mark.own_parts("node", "off-site store"), pytest.mark.group("alone")]

_ROWS = "select count(*), md5(string_agg(id::text || word, ',' order by id)) from members"
_TRIES = 900
_IDENTITY = "select system_identifier from pg_control_system()"


@pytest.fixture
def outside(lab: Lab) -> Offsite:
    """The store outside of the node, as docs/offsite.md wants it."""
    store = Offsite(lab)
    store.start()
    store.make_copy_bucket(COPIES, LOCK_DAYS)
    return store


@pytest.fixture
def shop(lab: Lab, outside: Offsite, environment: Environment) -> Iterator[Recovering]:
    """An environment with one database, whose archive is copied off-site."""
    made = Recovering(lab, lab.directory.parent / "burning", alone=True)
    made.file.write_text(made.file.read_text().replace("instances=1,", "instances=2,"))
    environment.down()
    _up(made, outside)
    try:
        yield made
    finally:
        made.environment.down()
        bring_up(lab)  # whatever was lost when the test ended
        environment.up()


def _up(shop: Recovering, store: Offsite) -> float:
    """Run `pulumi up`, and give the copies' keys to the namespace once it is there."""
    namespace = shop.environment.spec.databases[NAME].namespace
    with given(shop.lab, [store.copier_secret(namespace)]):
        return shop.up().seconds


def _answers(database: Deployed) -> bool:
    return database.sql("select count(*) > 0 from members") == "t"


def _writes(database: Deployed) -> bool:
    """Tell whether the clients' Service reaches a primary that accepts a write."""
    label = f"kubernetes.io%2Fservice-name%3D{database.host.partition('.')[0]}"
    slices = f"/apis/discovery.k8s.io/v1/namespaces/{database.namespace}/endpointslices"
    found = database.lab.kube.items(f"{slices}?labelSelector={label}")
    ready = [one for it in found for one in it["endpoints"] or [] if one["conditions"]["ready"]]
    if not ready:
        return False
    database.sql("create table if not exists written (at timestamptz)")
    return database.sql("insert into written values (now()) returning true") == "t"


def _protected(database: Deployed) -> bool:
    backups = f"/apis/postgresql.cnpg.io/v1/namespaces/{database.namespace}/backups"
    return "completed" in {
        it.get("status", {}).get("phase")
        for it in database.lab.kube.items(backups)
        if it["spec"]["cluster"]["name"] == database.name
    }


def _redundant(database: Deployed) -> bool:
    return database.status().get("readyInstances") == 2


_STEPS: dict[str, Callable[[Deployed], bool]] = {
    "first query": _answers,
    "first write": _writes,
    "protected again, by a base backup": _protected,
    "redundant again, with both instances": _redundant,
}


def _reached(database: Deployed, step: Callable[[Deployed], bool]) -> float:
    """Wait for a step of a recovery, and return when it was seen."""
    own = replace(database, lab=Lab(database.lab.directory))  # a client for each thread
    for _ in range(_TRIES):
        with suppress(Fault, KeyError):
            if step(own):
                return time.monotonic()
        time.sleep(1)
    raise Fault(database.name, f"{step.__name__}: not seen", "read its pods' logs")


def test_scenario_1_a_lost_cluster_comes_back_three_times_by_commands(
    lab: Lab, shop: Recovering, outside: Offsite, claim: Claim
) -> None:
    rto = in_seconds(shop.environment.spec.databases[NAME].objectives.rto)
    database = shop.active
    database.wait_archiving()
    database.sql(
        "create table members as select g as id, md5(g::text) as word"
        " from generate_series(1, 1000) g; alter table members owner to shop"
    )
    database.back_up("shop-first")
    identity = database.sql(_IDENTITY)
    for burnt in (1, 2, 3):
        database.sql("insert into members select max(id) + 1, 'fire ' || max(id) from members")
        wanted = database.sql(_ROWS)
        database.archive_now()
        Copier.of(database).wait_whole()
        began = time.monotonic()
        lab.lose_node()
        shop.said("restore", "--all", "--from", "offsite", "--write", "--reason", "a burnt node")
        bring_up(lab)
        database = shop.active
        with ThreadPoolExecutor(len(_STEPS)) as pool:
            steps = {name: pool.submit(_reached, database, it) for name, it in _STEPS.items()}
            took = _up(shop, outside)
            for name, reached in steps.items():
                claim(f"fire {burnt}: {name}", reached.result() - began, "s")
        total = time.monotonic() - began
        assert database.name == f"shop-postgres-g{burnt + 1}"
        assert database.sql(_ROWS) == wanted
        assert database.sql(_IDENTITY) == identity
        claim(f"fire {burnt}: pulumi up, with the restore", took, "s")
        claim(f"fire {burnt}: from the fire to the rows", total, "s")
        assert total <= rto
        database.wait_backed_up()  # the next fire needs one of this generation
    assert database.sql("select count(*) from members where word like 'fire%'") == "3"
