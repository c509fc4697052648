"""The real pg_dump and pg_restore take what an import declares, in CloudNativePG's order of it."""

import subprocess
from collections.abc import Iterator

import pytest

from tests import valid
from tests.postgres import Postgres, running

OPTIONS = valid.import_options(
    jobs=2,
    exclude_table_data=["audit.log_*", '"Old-Orders"'],
    exclude_schemas=["pgbouncer"],
    exclude_extensions=["pg_trgm"],
)


@pytest.fixture(scope="module")
def source() -> Iterator[Postgres]:
    """A server with what is imported, what is not, and an empty database for it."""
    with running() as made:
        made.sql("create database shop", "create database app")
        tables = ("public.orders", 'public."Old-Orders"', "audit.log_2025", "pgbouncer.users")
        made.sql(
            "create schema audit; create schema pgbouncer; create extension pg_trgm",
            *(f"create table {it} as select 1 as id" for it in tables),
            database="shop",
        )
        yield made


def _run(source: Postgres, program: str, *arguments: str) -> None:
    place = ("-h", str(source.folder), "-p", source.port, "-U", "postgres")
    command = [str(source.folder / "pg" / "bin" / program), *arguments, *place]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_an_import_leaves_out_what_it_is_told_to(source: Postgres, tmp_path: object) -> None:
    dump, made = f"{tmp_path}/shop.dump", OPTIONS.written
    sections = ("pre-data", "data", "post-data")
    # pkg/management/postgres/logicalimport/database.go, exportDatabases, v1.30.0.
    every = [f"--section={it}" for it in sections]
    _run(source, "pg_dump", "-Fd", "-f", dump, "-d", "shop", *every, *made["pgDumpExtraOptions"])
    for it in sections:
        place = ("-d", "app", "--section", it, dump)
        _run(source, "pg_restore", *made["pgRestoreExtraOptions"], *place)
    listed = (
        "select string_agg(oid::regclass::text, ' ' order by oid::regclass::text) from pg_class"
    )
    found = source.sql(f"{listed} where relkind = 'r' and relnamespace > 16000", database="app")
    assert found == "audit.log_2025"
    rows = "select count(*) from"
    assert source.sql(f"{rows} orders", database="app") == "1"
    assert source.sql(f'{rows} "Old-Orders"', database="app") == "0"
    assert source.sql(f"{rows} audit.log_2025", database="app") == "0"
    assert source.sql(f"{rows} pg_extension where extname = 'pg_trgm'", database="app") == "0"
