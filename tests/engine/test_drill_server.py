"""The questions of a drill, asked of a real PostgreSQL with what users leave in their databases."""

from collections.abc import Iterator
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from components.pods import drill_server
from components.pods.drill_deep import Deep
from components.pods.drill_proofs import Before, Proofs
from components.pods.drill_run import Run
from components.pods.drill_server import Superuser
from components.pods.job import Refusal
from components.pods.s3 import Fault
from tests.postgres import Postgres, running
from tools.build.postgres import postgres

SETTINGS: dict[str, Any] = {
    "environment": "prod",
    "database": "shop",
    "server": "db",
    "generation": 1,
    "within_seconds": 600,
    "rpo_seconds": 300,
    "rto_seconds": 900,
    "application": {"database": "my app", "owner": "my owner"},
    "checks": {},
    "may_shrink": {},
}
APP = "my app"


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with running() as made:
        made.sql('create role "my owner" login', 'create database "my app" owner "my owner"')
        made.sql(
            'create table public."user" (id int primary key)',
            'insert into public."user" select generate_series(1, 30)',
            "create table public.log (at int) partition by range (at)",
            "create table public.log_1 partition of public.log for values from (0) to (10)",
            "create table public.log_2 partition of public.log for values from (10) to (20)",
            "insert into public.log select generate_series(1, 19)",
            'create table public."100% (old)" (id int)',
            'create unlogged table public."not kept" (id int)',
            database=APP,
        )
        yield made


@pytest.fixture
def run() -> Run:
    return Run(SETTINGS, "deep", "archive")


@pytest.fixture
def asked(server: Postgres, run: Run, monkeypatch: pytest.MonkeyPatch) -> Superuser:
    """The server as a drill asks it, but through its socket."""
    monkeypatch.syspath_prepend(postgres())
    library = import_module("psycopg2")
    connect = library.connect

    def through_socket(**given: Any) -> Any:
        place = {"host": str(server.folder), "port": server.port, "sslmode": "disable"}
        return connect(**{**given, **place})

    monkeypatch.setattr(library, "connect", through_socket)
    return Superuser(run, "localhost", "", server.keys / "ca.crt")


@pytest.fixture
def settings_of_users(server: Postgres) -> Iterator[None]:
    """What an owner may have set for all who connect to the database."""
    names = ("default_transaction_read_only = on", "statement_timeout = 1", "role = 'my owner'")
    for one in names:
        server.sql(f'alter database "my app" set {one}')
    yield
    server.sql('alter database "my app" reset all')


def _proofs(run: Run, asked: Superuser) -> Proofs:
    archive: Any = SimpleNamespace(whole=[])
    return Proofs(run, asked, {"spec": {}}, Before(archive, (1, 1), None, None))


def _outcomes(run: Run) -> dict[str, tuple[str, str]]:
    return {it.name: (it.outcome, it.reason) for it in run.proofs if APP in it.name}


def test_rows_are_those_of_tables_by_their_names(asked: Superuser, run: Run) -> None:
    _proofs(run, asked).yours()
    assert run.rows == {
        "my app.public.100% (old)": 0,
        "my app.public.log": 19,
        "my app.public.user": 30,
    }


@pytest.mark.usefixtures("settings_of_users")
def test_what_is_set_for_all_who_connect_hinders_no_proof(asked: Superuser, run: Run) -> None:
    _proofs(run, asked).yours()
    Deep(run, asked, 17).prove()
    assert run.rows["my app.public.user"] == 30
    assert {outcome for outcome, _ in _outcomes(run).values()} == {"proved"}, run.proofs


def test_an_older_amcheck_that_an_upgrade_has_kept_is_not_damage(
    server: Postgres, asked: Superuser, run: Run
) -> None:
    """pg_upgrade leaves extensions as they are; the first with verify_heapam is 1.3."""
    server.sql(
        "drop extension if exists amcheck",
        'create schema if not exists "100%"',
        "create extension amcheck schema \"100%\" version '1.2'",
        database=APP,
    )
    try:
        Deep(run, asked, 17).prove()
        assert _outcomes(run)[f"pages of {APP}"] == ("proved", "")
    finally:
        server.sql("drop extension amcheck", database=APP)


def test_a_trigger_on_statements_does_not_refuse_what_a_drill_creates(
    server: Postgres, asked: Superuser, run: Run
) -> None:
    """Before 17 no parameter switches them off."""
    server.sql(
        "drop extension if exists amcheck",
        "create function public.refuse() returns event_trigger language plpgsql as "
        "$$ begin raise 'no one may'; end $$",
        "create event trigger refuse on ddl_command_start execute function public.refuse()",
        database=APP,
    )
    try:
        Deep(run, asked, 16).prove()
        assert _outcomes(run)[f"pages of {APP}"] == ("proved", "")
    finally:
        server.sql("drop event trigger refuse", database=APP)


def test_a_check_that_takes_too_long_says_nothing_of_the_archive(
    asked: Superuser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drill_server, "STATEMENT_SECONDS", 1)
    with pytest.raises(Fault, match=r"a check takes longer than 1 s; write a faster one"):
        asked.check("select pg_sleep(5) is null", APP, "my owner")


@pytest.mark.parametrize(
    "setting",
    ["statement_timeout = 1", "default_transaction_read_only = on", "role = pg_monitor"],
)
def test_what_the_owner_has_set_hinders_no_check(
    server: Postgres, asked: Superuser, setting: str
) -> None:
    server.sql('grant pg_monitor to "my owner"')
    server.sql(f'alter role "my owner" set {setting}')
    try:
        query = "select pg_sleep(0.1) is not null"
        assert [tuple(it) for it in asked.check(query, APP, "my owner")] == [(True,)]
    finally:
        server.sql('alter role "my owner" reset all')


def test_a_check_has_the_schemas_that_the_owner_connects_with(
    server: Postgres, asked: Superuser
) -> None:
    server.sql("create schema odd", "create table odd.here ()", database=APP)
    server.sql('alter schema odd owner to "my owner"', database=APP)
    server.sql('alter table odd.here owner to "my owner"', database=APP)
    server.sql('alter role "my owner" set search_path = odd, public')
    try:
        found = asked.check("select count(*) from here", APP, "my owner")
        assert [tuple(it) for it in found] == [(0,)]
    finally:
        server.sql('alter role "my owner" reset all')
        server.sql("drop schema odd cascade", database=APP)


@pytest.mark.parametrize("code", ["P0001", "42501", "XX000", "99999"])
def test_no_message_that_a_check_raises_is_told(asked: Superuser, code: str) -> None:
    """It may hold a row, whatever code the function gives it."""
    query = f"do $$ begin raise exception 'Ada' using errcode = '{code}'; end $$"
    with pytest.raises(Refusal, match=f"SQLSTATE {code}") as caught:
        asked.check(query, APP, "my owner")
    assert "Ada" not in str(caught.value)
