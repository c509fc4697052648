"""Scenario 3 within a Cluster: one database comes back from a clone, the others are not touched.

By the command line, which is interrupted once. About three minutes on a quiet machine.
"""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.lab.conftest import MODULE, Claim
from tests.support import ROOT
from tools.lab.databases.deployed import Deployed

pytestmark = pytest.mark.group("legacy")

_NAME = 'Shop-"1"'
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
    for one in json.loads(_ended(_start(legacy, "inspect", "--list", "--json"))[0]):
        _ended(_start(legacy, "inspect", "--remove", one["clone"]))
    _drop(legacy)


def _drop(legacy: Deployed) -> None:
    names = legacy.sql("select datname from pg_database where datname like 'Shop%'").splitlines()
    for name in names:
        legacy.sql(f"drop database {_quoted(name)} with (force)")


def _start(shop: Deployed, command: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "stacks", command, str(MODULE), "legacy", *arguments],
        cwd=ROOT,
        env=os.environ | {"KUBECONFIG": str(shop.lab.kubeconfig)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _ended(command: subprocess.Popen[str], status: int = 0) -> tuple[str, str]:
    """Return what a command says, once it has ended with a status."""
    said, complaint = command.communicate(timeout=900)
    assert command.returncode == status, complaint
    return said, complaint


def _interrupted(command: subprocess.Popen[str], at: str) -> None:
    """Interrupt a command as `kill` does when it says *at*."""
    assert command.stderr
    said = []
    for line in command.stderr:
        said.append(line)
        if at in line:
            command.terminate()
            break
    else:
        raise AssertionError("".join(said))
    assert _ended(command, 130)[1].endswith("interrupted; run it again\n")


def _restored(shop: Deployed, target: str) -> dict[str, Any]:
    """Restore the database by the command, which is interrupted while its Job loads."""
    given = ("restore", "--database", _NAME, "--to", target)
    shown = json.loads(_ended(_start(shop, *given, "--json"))[0])
    assert not shown["written"]
    _interrupted(_start(shop, *given, "--write", "--json"), " loads it as ")
    (clone,) = json.loads(_ended(_start(shop, "inspect", "--list", "--json"))[0])
    told, progress = _ended(_start(shop, *given, "--write", "--json"))
    assert f"{clone['clone']}: continues with this clone" in progress
    assert f"{_NAME}: continues with Job " in progress
    done: dict[str, Any] = json.loads(told)
    return done


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

    done = _restored(shop, target)

    assert json.loads(_ended(_start(shop, "inspect", "--list", "--json"))[0]) == []
    assert shop.sql(_ROWS, database=_NAME) == wanted
    assert shop.sql(_POLICY, database=_NAME) == "own"
    assert shop.sql("select count(*) from goods", database=done["kept"]) == "0"
    assert shop.sql("select count(*) from pg_roles where rolname = 'tier0_restore'") == "0"
    claim("clients away while a database is swapped in", done["gap_seconds"], "s")

    back = shlex.split(done["put_back"])
    assert back[3:6] == ["restore", str(MODULE), "legacy"]
    undone = json.loads(_ended(_start(shop, "restore", *back[6:], "--json"))[0])
    assert shop.sql("select count(*) from goods", database=_NAME) == "0"
    assert shop.sql(_ROWS, database=undone["kept"]) == wanted

    assert (shop.sql(_IDENTITY), shop.sql("select xmin, id from untouched")) == (
        identity,
        untouched,
    )
    assert shop.started() == pods
