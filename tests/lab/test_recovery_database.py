"""Scenario 3 within a Cluster: one database comes back from a clone, the others are not touched."""

from collections.abc import Callable, Iterator

import pytest

from stacks.check import load
from stacks.recovery.one_database import Replaced, put_back, restore_database
from tests.lab.conftest import MODULE, Claim
from tools.lab.databases.deployed import Deployed

pytestmark = pytest.mark.group("legacy")

_NAME = 'Shop-"1"'
_CLONE = "legacy-one"
_IDENTITY = (
    "select system_identifier, timeline_id from pg_control_system(), pg_control_checkpoint()"
)
_ROWS = "select count(*), md5(string_agg(id || word, ',' order by id)) from goods"
_POLICY = "select polname from pg_policy"


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


@pytest.fixture
def shop(legacy: Deployed) -> Iterator[Deployed]:
    """The cluster with a database of 20 tables, and with roles and rights, besides its own."""
    _drop(legacy)
    legacy.sql(f"create database {_quoted(_NAME)} owner legacy")
    legacy.sql(
        "set role legacy; create table goods (id int generated always as identity primary key,"
        " word varchar check (word in ('a', 'b'))); insert into goods (word)"
        " select 'a' from generate_series(1, 5000); alter table goods enable row level security;"
        " create policy own on goods using (word = 'a');"
        " do $$ begin for i in 1..20 loop execute format('create table t%s as select g from"
        " generate_series(1, 1000) g', i); end loop; end $$; reset role;"
        " create extension pg_trgm; select lo_from_bytea(0, 'a large object')",
        database=_NAME,
    )
    legacy.sql("create table if not exists untouched as select 1 as id")
    yield legacy
    _drop(legacy)


def _drop(legacy: Deployed) -> None:
    names = legacy.sql("select datname from pg_database where datname like 'Shop%'").splitlines()
    for name in names:
        legacy.sql(f"drop database {_quoted(name)} with (force)")


def _restore(shop: Deployed, say: Callable[[str], None]) -> Replaced:
    return restore_database(shop.lab.kube, load(str(MODULE)), "legacy", _NAME, _CLONE, say=say)


class _KilledError(Exception):
    """Stands for the end of a command that was killed."""


def _until(word: str) -> Callable[[str], None]:
    def say(line: str) -> None:
        if line.endswith(word):
            raise _KilledError

    return say


def test_scenario_3_one_database_of_a_cluster_is_restored_by_the_command(
    shop: Deployed, claim: Claim
) -> None:
    wanted = shop.sql(_ROWS, database=_NAME)
    shop.back_up("legacy-shop")
    target = shop.now()
    shop.sql("delete from goods; drop policy own on goods", database=_NAME)
    shop.sql("select pg_sleep(1)")
    shop.archive_now()
    identity, untouched = shop.sql(_IDENTITY), shop.sql("select xmin, id from untouched")
    pods = shop.started()

    with shop.restored(_CLONE, method="in-tree", target={"targetTime": target}):
        with pytest.raises(_KilledError):
            _restore(shop, _until(": restore"))
        done = _restore(shop, print)

    assert shop.sql(_ROWS, database=_NAME) == wanted
    assert shop.sql(_POLICY, database=_NAME) == "own"
    assert done.kept
    assert shop.sql("select count(*) from goods", database=done.kept) == "0"
    assert shop.sql("select count(*) from pg_roles where rolname = 'tier0_restore'") == "0"
    assert done.gap_seconds is not None
    claim("clients away while a database is swapped in", done.gap_seconds, "s")

    back = put_back(shop.lab.kube, load(str(MODULE)), "legacy", _NAME, done.kept)
    assert shop.sql("select count(*) from goods", database=_NAME) == "0"
    assert back.kept
    assert shop.sql(_ROWS, database=back.kept) == wanted

    assert (shop.sql(_IDENTITY), shop.sql("select xmin, id from untouched")) == (
        identity,
        untouched,
    )
    assert shop.started() == pods
