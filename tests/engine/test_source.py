"""What asks the source of an import finds what the real pg_dump fails at, and nothing else."""

import subprocess
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from components.pods import source
from components.pods.job import Refusal
from components.pods.s3 import Fault
from components.postgres.import_options import expression_of
from tests.postgres import Postgres, running
from tools.build.postgres import postgres

NOTHING: dict[str, list[str]] = {"schemas": [], "extensions": [], "rows": []}

_EXTENSION = """
create table cron.job (id int, username text default current_user);
alter table cron.job enable row level security;
create policy own on cron.job using (username = current_user);
grant usage on schema cron to public;
grant select on cron.job to public;
create table cron.internal (id int);
select pg_catalog.pg_extension_config_dump('cron.job', '');
"""
"""What an extension like pg_cron has."""


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with running() as made:
        (known,) = (made.folder / "pg").parent.rglob("plpgsql.control")
        (known.parent / "cron.control").write_text("default_version = '1'\nrelocatable = false\n")
        (known.parent / "cron--1.sql").write_text(_EXTENSION)
        made.sql(
            "create role reader login in role pg_read_all_data",
            "create role plain login",
            "create database shop",
        )
        (made.folder / "data" / "pg_hba.conf").write_text("local all all trust\n")
        made.sql("select pg_reload_conf()")
        yield made


@pytest.fixture
def reached(server: Postgres, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A database of the server, as the Job reaches it for a role, but through its socket."""
    monkeypatch.syspath_prepend(postgres())
    import_module("psycopg2")

    def reach(user: str, database: str = "shop") -> source.Client:
        where = {"host": str(server.folder), "port": server.port, "ssl_mode": "disable"}
        return source.Client({**where, "user": user}, database, "", "")

    return reach


def _dumped(server: Postgres, user: str, folder: Path, *options: str) -> bool:
    """Return whether the real pg_dump succeeds."""
    place = ["-h", str(server.folder), "-p", str(server.port), "-U", user, "-d", "shop"]
    program = str(server.folder / "pg" / "bin" / "pg_dump")
    command = [program, "-Fc", "-f", str(folder / "dump"), *place]
    return subprocess.run([*command, *options], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    ("made", "gone", "found"),
    [
        ("create table t (a int)", "drop table t", {"plain": ["public.t"]}),
        ("create sequence q", "drop sequence q", {"plain": ["public.q"]}),
        (
            "create table t (a int); alter table t enable row level security",
            "drop table t",
            {"plain": ["public.t"], "reader": ["public.t"]},
        ),
        (
            "select lo_create(4711)",
            "select lo_unlink(4711)",
            {"plain": ["large object 4711"], "reader": ["large object 4711"]},
        ),
        (
            "select lo_create(4711); grant select on large object 4711 to public",
            "select lo_unlink(4711)",
            {},
        ),
        (
            "create schema cron; create extension cron schema cron",
            "drop schema cron cascade",
            {"plain": ["cron.job"], "reader": ["cron.job"]},
        ),
        ("create materialized view v as select 1", "drop materialized view v", {}),
        (
            "create table t (a int) partition by range (a);"
            " create table t_1 partition of t for values from (0) to (9);"
            " alter table t enable row level security; grant select on t, t_1 to plain",
            "drop table t",
            {},
        ),
    ],
    ids=[
        *("table", "sequence", "policy", "large object", "granted", "extension", "view"),
        "policy of partitions",
    ],
)
def test_what_pg_dump_may_not_read_is_found(
    server: Postgres, reached: Any, tmp_path: Path, made: str, gone: str, found: Any
) -> None:
    tmp_path.chmod(0o777)
    server.sql(made, database="shop")
    try:
        for user in ("plain", "reader", "postgres"):
            seen = reached(user).unreadable(NOTHING, rows=True)
            assert seen == found.get(user, []), user
            assert _dumped(server, user, tmp_path) == (not seen), user
    finally:
        server.sql(gone, database="shop")


def test_what_is_left_out_need_not_be_read(server: Postgres, reached: Any, tmp_path: Path) -> None:
    server.sql(
        "create schema cron; create extension cron schema cron; create schema s",
        "create table s.t (a int); select lo_create(4711)",
        database="shop",
    )
    try:
        left = reached("plain").unreadable(
            {"schemas": ["s"], "extensions": ["cron"], "rows": []}, rows=True
        )
        assert left == ["large object 4711"]
        assert reached("plain").unreadable({**NOTHING, "schemas": ["s"]}, rows=False) == []
        server.sql("select lo_unlink(4711)", database="shop")
        options = ('--exclude-schema="s"', '--exclude-extension="cron"')
        assert _dumped(server, "plain", tmp_path, *options)
    finally:
        server.sql("drop schema cron cascade; drop schema s cascade", database="shop")


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("log_*", ["Audit.Log_1", "Audit.log_1"]),
        ('"Audit".log_?', ["Audit.Log_1", "public.log_1"]),
        ('"Audit"."Log_*"', ["Audit.Log_1", "Audit.log_1", "public.log_1"]),
        ("*.*", []),
        ('"Audit".*', ["public.log_1"]),
    ],
)
def test_of_rows_that_are_left_out_no_policy_counts(
    server: Postgres, reached: Any, tmp_path: Path, pattern: str, found: list[str]
) -> None:
    tables = ("public.log_1", '"Audit".log_1', '"Audit"."Log_1"')
    made = (f"create table {it} (); alter table {it} enable row level security" for it in tables)
    server.sql('create schema "Audit"', *made, database="shop")
    try:
        left_out = {**NOTHING, "rows": [expression_of(pattern)]}
        assert reached("reader").unreadable(left_out, rows=True) == found
        option = f"--exclude-table-data={pattern}"
        assert _dumped(server, "reader", tmp_path, option) == (not found)
    finally:
        server.sql('drop schema "Audit" cascade; drop table public.log_1', database="shop")


def test_roles_and_databases_are_read_as_cloudnative_pg_reads_them(reached: Any) -> None:
    assert reached("reader", "postgres").tells_roles
    assert not reached("plain", "postgres").tells_roles
    assert reached("plain", "postgres").databases == ["shop"]


def test_an_answer_that_does_not_come_is_asked_for_again(server: Postgres, reached: Any) -> None:
    client = reached("plain")
    server.sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'plain'")
    with pytest.raises(Fault, match=r"closed the connection unexpectedly.*; it is tried again"):
        client.unreadable(NOTHING, rows=True)


def test_it_only_reads(reached: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "_DATABASES", "create table made (id int)")
    with pytest.raises(Refusal, match="read-only transaction"):
        assert reached("postgres").databases


def test_a_source_behind_a_pool_is_reached(reached: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """PgBouncer refuses `options` at the start of a connection."""
    library, given = import_module("psycopg2"), {}
    connect = library.connect

    def connected(**them: object) -> object:
        given.update(them)
        return connect(**them)

    monkeypatch.setattr(library, "connect", connected)
    reached("plain")
    assert given
    assert "options" not in given
