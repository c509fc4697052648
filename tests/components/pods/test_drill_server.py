"""The restored server is asked as its superuser, who calls nothing that a user has written."""

import sys
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import pytest

from components.pods.api import Namespace
from components.pods.drill_server import Superuser, connected
from components.pods.job import Refusal
from components.pods.s3 import Fault
from tests.drills import CORE, World


class _Error(Exception):
    def __init__(self, code: str | None, message: str = "it says why", detail: str = "") -> None:
        super().__init__(f"{message}\nDETAIL: {detail}")
        self.pgcode = code
        self.diag = SimpleNamespace(message_primary=message)


class Library:
    """psycopg2, with how it connects and what it executes."""

    def __init__(self) -> None:
        self.connected: list[dict[str, Any]] = []
        self.executed: list[tuple[str, Any]] = []
        self.rows: Callable[[str], list[Any]] = lambda _: [(1,)]
        self.refuses: Exception | None = None
        self.Error = _Error
        self.extras = SimpleNamespace(wait_select=None)
        self.extensions = SimpleNamespace(set_wait_callback=lambda _: None)

    def connect(self, **given: Any) -> "Connection":
        self.connected.append(given)
        if self.refuses:
            raise self.refuses
        return Connection(self)


class Connection:
    def __init__(self, library: Library) -> None:
        self.library, self.closed, self.autocommit = library, False, False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def cursor(self) -> Self:
        return self

    def close(self) -> None:
        self.closed = True

    def execute(self, query: str, values: Any = None) -> None:
        self.library.executed.append((query.strip(), values))
        self.found = self.library.rows(query)

    def fetchall(self) -> list[Any]:
        return self.found

    def fetchmany(self, size: int) -> list[Any]:
        return self.found[:size]


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    made = Library()
    monkeypatch.setitem(sys.modules, "psycopg2", made)
    monkeypatch.setitem(sys.modules, "psycopg2.extras", made.extras)
    return made


@pytest.fixture
def server(world: World, library: Library) -> Superuser:
    assert library.connected == []
    run = world.run(world.settings, "restore", "archive")
    return Superuser(run, "drill-rw", "pass", Path("/ca.crt"))


def test_the_server_is_verified_and_the_superuser_sees_only_postgresqls_names(
    server: Superuser, library: Library
) -> None:
    assert server.rows("select 1", "app") == [(1,)]
    (given,) = library.connected
    assert (given["host"], given["dbname"], given["user"]) == ("drill-rw", "app", "postgres")
    assert (given["sslmode"], given["sslrootcert"]) == ("verify-full", "/ca.crt")
    assert given["options"] == (
        "-c role=none -c search_path= -c default_transaction_read_only=on "
        "-c statement_timeout=1200s"
    )


def test_one_connection_serves_a_database_until_another_is_asked(
    server: Superuser, library: Library
) -> None:
    for database in ("app", "app", "postgres", "app"):
        server.rows("select 1", database)
    assert [it["dbname"] for it in library.connected] == ["app", "postgres", "app"]


def test_a_check_runs_as_the_owner_with_the_owners_settings_and_writes_nothing(
    server: Superuser, library: Library
) -> None:
    library.rows = lambda query: (
        [("search_path=app, public",)] if "setconfig" in query else [(True,)]
    )
    assert server.check("select true", "app", "owner") == [(True,)]
    assert library.executed[1:] == [
        ("select set_config(%s, %s, true)", ("search_path", "app, public")),
        ("select set_config('role', %s, true)", ("owner",)),
        ("select set_config('transaction_read_only', 'on', true)", None),
        ("select true", None),
    ]
    assert library.connected[0]["options"] == "-c role=none -c statement_timeout=300s"


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        ("42P01", Refusal, "it says why; see whether the source answers the same"),
        ("XX001", Refusal, "it says why; see"),
        ("57014", Fault, "drill-rw: it says why; see the log of its pod"),
        ("53100", Fault, "drill-rw: it says why; see the log of its pod"),
        ("57P01", Fault, "drill-rw: it says why; see"),
        (None, Fault, "drill-rw: it says why; see"),
    ],
)
def test_postgresqls_error_is_the_servers_or_the_drills(
    server: Superuser, library: Library, code: str | None, kind: type[Exception], said: str
) -> None:
    def fail(_: str) -> list[Any]:
        raise _Error(code, detail="Ada")

    library.rows = fail
    for ask in (
        lambda: server.rows("select 1"),
        lambda: server.execute("x", "app"),
    ):
        with pytest.raises(kind, match=said) as caught:
            ask()
        assert "Ada" not in str(caught.value)


def test_a_statement_that_outlasts_the_drill_is_the_drills(
    server: Superuser, library: Library, world: World
) -> None:
    def fail(_: str) -> list[Any]:
        world.clock.at += 1200
        raise _Error("57014")

    library.rows = fail
    with pytest.raises(Fault):
        server.rows("select 1")


@pytest.mark.parametrize(("code", "kept"), [("22P02", False), ("P0001", False), ("42P01", True)])
def test_the_message_of_a_check_that_may_hold_a_row_is_left_out(
    server: Superuser,
    library: Library,
    code: str,
    kept: bool,  # noqa: FBT001 (a case)
) -> None:
    def fail(query: str) -> list[Any]:
        if query == "select 1":
            raise _Error(code, "Ada")
        return []

    library.rows = fail
    with pytest.raises(Refusal) as caught:
        server.check("select 1", "app", "owner")
    assert ("Ada" in str(caught.value)) is kept
    assert (code in str(caught.value)) is not kept


def test_the_operator_may_set_the_password_a_moment_later(world: World, library: Library) -> None:
    for name, key in (("drill-superuser", "password"), ("drill-ca", "ca.crt")):
        value = b64encode(f"the {key}".encode()).decode()
        world.kube.objects[f"{CORE}/secrets/{name}"]["data"] = {key: value}
    library.refuses = _Error(None, "password authentication failed")

    def set_password() -> None:
        if world.clock.at >= 1003:
            library.refuses = None

    world.clock.ticks.append(set_password)
    run = world.run(world.settings, "restore", "archive")
    assert connected(run, Namespace("tier0-drills")).rows("select 1") == [(1,)]
    given = library.connected[-1]
    assert (given["host"], given["password"]) == ("drill-rw.tier0-drills.svc", "the password")
    assert Path(given["sslrootcert"]).read_text() == "the ca.crt"


def test_a_server_that_takes_nobody_is_a_fault(world: World, library: Library) -> None:
    for name, key in (("drill-superuser", "password"), ("drill-ca", "ca.crt")):
        world.kube.objects[f"{CORE}/secrets/{name}"]["data"] = {key: "eA=="}
    library.refuses = _Error(None, "password authentication failed")
    with pytest.raises(Fault, match="password authentication failed; see the log of its pod"):
        connected(world.run(world.settings, "restore", "archive"), Namespace("tier0-drills"))


def test_without_the_superusers_secret_nothing_is_asked(world: World, library: Library) -> None:
    run = world.run(world.settings, "restore", "archive")
    with pytest.raises(Fault, match="Secret tier0-drills/drill-superuser: it is not there"):
        connected(run, Namespace("tier0-drills"))
    assert library.connected == []
