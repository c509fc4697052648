"""A database with tablespaces: its base backup is looked into, drilled and restored with them.

About ten minutes on a quiet machine.
"""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from components.pods.evidence import read
from tests.lab.conftest import Claim
from tests.lab.drilling import why
from tests.lab.recovering import NAME, Recovering, outside
from tools.lab.cluster import Lab
from tools.lab.databases.copier import Copier
from tools.lab.databases.databases import Database
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.environment import Environment

pytestmark = [pytest.mark.own_parts("off-site store"), pytest.mark.group("alone")]

_NAMES = ("cold", "warm")
_IMPORTS = "from components.postgres.tablespaces import TablespaceSpec\n"
_STORAGE = '            storage="1Gi",\n'
_DECLARED = """\
            tablespaces={
                "cold": TablespaceSpec(storage="1Gi"),
                "warm": TablespaceSpec(storage="1Gi", temporary=True),
            },
            drills=DrillsSpec(suspended=True),
"""
_CHECK = '"it-answers": "select true"'
_CHECKS = """\
"cold-rows-are-there": "select count(*) = 1500 from of_cold",
                "warm-rows-are-there": "select count(*) = 1500 from of_warm",
            """

_FILL = "insert into of_{0} select g, md5('{0}' || g) from generate_series({1}, {2}) g"
_ROWS = """\
select 'cold', count(*), md5(string_agg(id || word, ',' order by id)) from of_cold union all
select 'warm', count(*), md5(string_agg(id || word, ',' order by id)) from of_warm order by 1
"""
_WHERE = (
    "select string_agg(relname || ' in ' || spcname, ', ' order by relname) from pg_class"
    " join pg_tablespace t on t.oid = reltablespace where relname like 'of\\_%'"
)
_IN_PLACE = "of_cold in cold, of_warm in warm"


@pytest.fixture(scope="module")
def shop(
    lab: Lab,
    n8n: Deployed,  # noqa: ARG001 (the environment is deployed)
    environment: Environment,
) -> Iterator[Recovering]:
    """The database, with a table in each tablespace: a base backup of it, and rows after that."""
    with outside(lab, environment) as store:
        made = Recovering(lab, lab.directory / "tablespaces")
        before, begin, after = made.file.read_text().partition(f'        "{NAME}": PostgresSpec(\n')
        before = before.replace("from stacks.", f"{_IMPORTS}from stacks.", 1)
        after = after.replace(_STORAGE, _STORAGE + _DECLARED, 1).replace(_CHECK, _CHECKS, 1)
        made.file.write_text(before + begin + after)
        made.up()
        lab.apply([store.copier_secret(made.environment.spec.databases[NAME].namespace)])
        database = made.active
        database.wait_archiving()
        _wait_reconciled(database)
        for it in _NAMES:
            database.sql(f"create table of_{it} (id int, word text) tablespace {it}")
            database.sql(f"alter table of_{it} owner to {NAME}")
            database.sql(_FILL.format(it, 1, 1000))
        database.back_up(f"shop-tablespaces-{int(time.time())}")
        for it in _NAMES:
            database.sql(_FILL.format(it, 1001, 1500))
        database.archive_now()
        Copier.of(database).wait_whole()
        yield made


def _wait_reconciled(database: Database) -> None:
    """Wait until the operator says of every tablespace that it is there."""

    def there() -> bool:
        states: list[dict[str, Any]] = database.status().get("tablespacesStatus", [])
        return {it["name"]: it["state"] for it in states} == dict.fromkeys(_NAMES, "reconciled")

    database.lab.wait(f"tablespaces of {database.name}", there)


def _volumes(database: Database) -> set[str]:
    """Return the names of its first instance's volumes."""
    labels = f"cnpg.io/instanceName={database.name}-1"
    place = ("v1", "PersistentVolumeClaim", database.namespace)
    return {it["metadata"]["name"] for it in database.lab.kube.objects(*place, labels=labels)}


def _whole(database: Database) -> None:
    """See that tablespaces are volumes of an instance, and tables are on them."""
    _wait_reconciled(database)
    first = f"{database.name}-1"
    assert _volumes(database) == {first, *(f"{first}-tbs-{it}" for it in _NAMES)}
    assert database.sql(_WHERE) == _IN_PLACE
    assert database.sql("show temp_tablespaces") == "warm"


def test_tables_of_tablespaces_are_on_volumes_of_their_own(shop: Recovering) -> None:
    _whole(shop.active)


def test_tables_of_tablespaces_are_looked_into_in_a_clone(shop: Recovering, claim: Claim) -> None:
    wanted = [line.split("|") for line in shop.active.sql(_ROWS).splitlines()]
    began = time.monotonic()
    found = shop.data("inspect", NAME, "--at", "latest", "--query", _ROWS)
    claim("inspect --query, to the rows", time.monotonic() - began, "s")
    assert found["rows"] == wanted
    assert [row[1] for row in wanted] == ["1500", "1500"]


@pytest.mark.parametrize("store", ["archive", "offsite"])
def test_tablespaces_are_drilled_from_each_store(
    shop: Recovering, store: str, claim: Claim
) -> None:
    began = time.monotonic()
    found = read(shop.data("drill", NAME, "--from", store))
    assert (found.verdict, found.rung) == ("passed", "yours"), why(found)
    claim(f"drill of the {store}", time.monotonic() - began, "s")


def test_a_generation_is_restored_with_its_tablespaces(shop: Recovering, claim: Claim) -> None:
    first = shop.active
    wanted = first.sql(_ROWS)
    shop.said("restore", NAME, "--to", "latest", "--write")
    changed = shop.up()
    claim("pulumi up that restores a candidate", changed.seconds, "s")
    second = shop.generation(2)
    assert second.sql(_ROWS) == wanted
    _whole(second)
    shop.said("activate", NAME, "2", "--write")
    shop.up()
    active = shop.active
    assert active.name == second.name
    active.sql("insert into of_cold values (9999, 'of the second')")
    assert active.archive_seen().startswith(f"{second.name}/wals/")
    assert active.sql("select count(*) from of_cold") == "1501"
