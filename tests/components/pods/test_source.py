"""A database is created only once its source can be read; of one that exists nothing is asked."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from components.pods import source
from components.pods.job import AGAIN, Refusal
from components.pods.s3 import Fault
from tests.apiserver import CLUSTERS, SECRETS, ApiServer

WHERE = {
    "host": "db.example.org",
    "port": 5432,
    "user": "reader",
    "ssl_mode": "verify-full",
    "major": 15,
}
REFUSED = 'FATAL:  password authentication failed for user "reader"'


class Old:
    """The source: its version, what may not be read, and with what it was asked."""

    def __init__(self) -> None:
        self.major = 15
        self.databases = ["blog", "shop"]
        self.tells_roles = True
        self.hidden: list[str] = []
        self.fails: Exception | None = None
        self.asked: list[tuple[str, str, str]] = []

    def connect(self, where: Mapping[str, Any], database: str, password: str, ca: str) -> "Old":
        assert where == WHERE
        self.asked.append((database, password, ca))
        if self.fails:
            raise self.fails
        return self

    def unreadable(self, left_out: Mapping[str, Sequence[str]], *, rows: bool) -> list[str]:
        named = {*left_out["schemas"], *left_out["extensions"]}
        return [it for it in self.hidden if rows and it.partition(".")[0] not in named]


@pytest.fixture
def old(server: ApiServer, monkeypatch: pytest.MonkeyPatch) -> Old:
    made = Old()
    monkeypatch.setattr(source, "Client", made.connect)
    for name, key in (("login", "password"), ("authority", "ca.crt")):
        server.put(f"{SECRETS}/{name}", data={key: b64encode(f"the {key}".encode()).decode()})
    return made


@pytest.fixture
def settings() -> dict[str, Any]:
    return {
        "namespace": "ns",
        "cluster": "db",
        "password_secret": "login",
        "ca_secret": "authority",
        "databases": ["shop"],
        "roles": False,
        "rows": True,
        "left_out": {"schemas": [], "extensions": [], "rows": []},
        "source": WHERE,
    }


def _said(settings: Mapping[str, Any], capsys: pytest.CaptureFixture[str], code: int = 1) -> str:
    with pytest.raises(SystemExit) as ended:
        source.main(settings)
    assert ended.value.code == code
    return capsys.readouterr().err


def test_each_database_is_asked_with_what_the_secrets_hold(
    settings: dict[str, Any], old: Old, capsys: pytest.CaptureFixture[str]
) -> None:
    source.main(settings | {"databases": ["shop", "blog"]})
    assert old.asked == [(name, "the password", "the ca.crt") for name in ("shop", "blog")]
    assert "db.example.org:5432, database blog: it can be read" in capsys.readouterr().out


def test_of_a_server_each_of_its_databases_is_asked(settings: dict[str, Any], old: Old) -> None:
    source.main(settings | {"databases": ["*"], "roles": True})
    assert [name for name, *_ in old.asked] == ["postgres", "blog", "shop"]


def test_roles_that_cannot_be_read_are_said(
    settings: dict[str, Any], old: Old, capsys: pytest.CaptureFixture[str]
) -> None:
    """CloudNativePG reads them first, and ends there."""
    old.tells_roles = False
    told = _said(settings | {"roles": True}, capsys)
    assert "database postgres: role reader may not read pg_authid, which holds the roles" in told


def test_of_a_schema_no_row_is_read(
    settings: dict[str, Any], old: Old, capsys: pytest.CaptureFixture[str]
) -> None:
    old.hidden = ["public.carts"]
    source.main(settings | {"rows": False})
    assert "it can be read" in capsys.readouterr().out


def test_without_an_authority_none_is_read(
    settings: dict[str, Any], old: Old, server: ApiServer
) -> None:
    del server.objects[f"{SECRETS}/authority"]
    source.main(settings | {"ca_secret": None})
    assert old.asked == [("shop", "the password", "")]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"status": {}},
        {"status": {"phase": "Cluster in healthy state", "currentPrimary": "db-1"}},
    ],
    ids=["nothing said", "no status yet", "running"],
)
def test_of_a_database_that_exists_nothing_is_asked(
    said: dict[str, Any], settings: dict[str, Any], old: Old, server: ApiServer
) -> None:
    """Its source and the Secrets may be gone, and after a loss its status too."""
    server.put(f"{CLUSTERS}/db", **said)
    del server.objects[f"{SECRETS}/login"]
    old.fails = Refusal("gone")
    source.main(settings)
    assert old.asked == []


def test_of_a_database_whose_import_fails_the_source_is_asked_again(
    settings: dict[str, Any], old: Old, server: ApiServer
) -> None:
    server.put(f"{CLUSTERS}/db", status={"phase": "Setting up primary", "targetPrimary": "db-1"})
    source.main(settings)
    assert old.asked == [("shop", "the password", "the ca.crt")]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"major": 16}, "database shop: it is PostgreSQL 16, not 15; write that major version"),
        (
            {"hidden": ["public.carts", "public.orders", "s.t"]},
            "role reader may not read public.carts and 2 more; let it, as by pg_read_all_data",
        ),
        ({"hidden": ["public.carts"]}, "may not read public.carts; let it"),
        ({"fails": source.meaning("db.example.org:5432", REFUSED)}, "authentication failed"),
    ],
    ids=["version", "tables", "table", "password"],
)
def test_what_cannot_be_imported_is_said_and_final(
    settings: dict[str, Any],
    old: Old,
    fault: Mapping[str, Any],
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    vars(old).update(fault)
    told = _said(settings, capsys)
    assert told.startswith("db.example.org:5432")
    assert said in told


@pytest.mark.parametrize("missing", ["login", "authority"])
def test_a_secret_that_is_not_there_yet_is_waited_for(
    settings: dict[str, Any],
    old: Old,
    server: ApiServer,
    missing: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Its namespace is as young as the Job."""
    server.put(f"{SECRETS}/{missing}", data={"another": ""})
    assert f"Secret ns/{missing}: it is not there, or has no key" in _said(settings, capsys, AGAIN)
    del server.objects[f"{SECRETS}/{missing}"]
    assert f"Secret ns/{missing}: it is not there" in _said(settings, capsys, AGAIN)
    assert old.asked == []


@pytest.mark.parametrize(
    "said",
    [
        'connection to server at "db" (192.0.2.1), port 5432 failed: Connection refused\n\tIs the',
        'could not translate host name "db" to address: Name or service not known',
        'connection to server at "db" (192.0.2.1), port 5432 failed: timeout expired',
        "FATAL:  the database system is starting up",
        "FATAL:  the database system is in recovery mode",
        "FATAL:  sorry, too many clients already",
        "FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute",
        "server closed the connection unexpectedly",
    ],
)
def test_a_source_that_does_not_answer_is_asked_again(said: str) -> None:
    assert isinstance(source.meaning("db:5432", said), Fault)


@pytest.mark.parametrize(
    "said",
    [
        REFUSED,
        'FATAL:  database "shop" does not exist',
        'FATAL:  no pg_hba.conf entry for host "192.0.2.7", user "reader", database "shop"',
        "SSL error: certificate verify failed",
        'server certificate for "a" does not match host name "b"',
    ],
)
def test_a_refusal_of_the_source_is_final(said: str) -> None:
    found = source.meaning("db:5432", f"connection failed: {said}\n")
    assert isinstance(found, Refusal)
    assert str(found).endswith("; correct import_from or its Secrets, then run pulumi up again")


def test_what_is_not_imported_need_not_be_read(old: Old, settings: dict[str, Any]) -> None:
    old.hidden = ["pgbouncer.users", "cron.job"]
    left_out = {"schemas": ["pgbouncer"], "extensions": ["cron"], "rows": []}
    source.main(settings | {"left_out": left_out})


@pytest.mark.parametrize("password", [b"\xff", b"a\0b"])
def test_a_password_that_is_no_text_is_said(
    password: bytes,
    settings: dict[str, Any],
    old: Old,
    server: ApiServer,
    capsys: pytest.CaptureFixture[str],
) -> None:
    server.put(f"{SECRETS}/login", data={"password": b64encode(password).decode()})
    assert "Secret ns/login: 'password' is no text in UTF-8" in _said(settings, capsys)
    assert old.asked == []
