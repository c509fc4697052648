"""`find`: what is printed for transactions, with their names and commands; no cluster is needed."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, cast

import pytest

from stacks.cluster import ClusterClient, Manifest
from stacks.command import Fault
from stacks.recovery.find import Finding, find
from tests.stacks.recovery.conftest import Cluster
from tests.valid import database, environment, offsite

_SPEC = database(namespace="n8n-test")
_ENVIRONMENT = environment(databases={"n8n": _SPEC})


class _Live(Cluster):
    """A cluster whose database answers psql with what `answers` has for a part of the statement."""

    def __init__(self, primary: str = "n8n-postgres-1") -> None:
        super().__init__()
        self.primary = primary
        self.answers: dict[tuple[str, str], Any] = {
            ("postgres", "pg_database"): {"16384": "n8n"},
            ("n8n", "16405"): [[16405, 16405, "public.orders"], [2601, 16662, "pg_catalog.pg_am"]],
        }

    @property
    def client(self) -> ClusterClient:
        return cast("ClusterClient", self)

    def get(self, version: str, kind: str, name: str, namespace: str) -> Manifest | None:
        if kind == "Cluster":
            return {"status": {"currentPrimary": self.primary}} if self.primary else None
        return super().get(version, kind, name, namespace)

    def execute(
        self, namespace: str, pod: str, container: str, command: Sequence[str], *, seconds: float
    ) -> Iterator[bytes]:
        assert (namespace, pod, container) == ("n8n-test", self.primary, "postgres")
        assert seconds
        name, statement = command[command.index("-d") + 1], command[-1]
        found = [
            answer
            for (asked, part), answer in self.answers.items()
            if asked == name and part in statement
        ]
        yield json.dumps(found[0] if found else []).encode()


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> _Live:
    monkeypatch.setattr("stacks.recovery.pods._POLL_SECONDS", 0)
    return _Live()


def _loss(what: str, **more: Any) -> dict[str, Any]:
    return {"what": what, "database": 16384, "relations": [], "files": [], "rows": 0} | more


def _transaction(xid: int, *losses: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "at": "2026-11-30T10:00:00.000001+00:00",
        "xid": xid,
        "losses": losses,
        "stop": {"xid": xid, "position": 1},
        "backup": "20261130T020000",
        "prepared": False,
        "whole": True,
    } | more


def _told(*transactions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "told": {
            "transactions": transactions,
            "smaller": 0,
            "since": "2026-11-30T09:50:00+00:00",
            "until": "2026-11-30T10:10:00+00:00",
            "overlaps": [],
            "last": "2026-11-30T12:00:00+00:00",
        }
        | more
    }


def _find(live: _Live, **asked: Any) -> int:
    given = {"environment": "dev", "database": "n8n", "around": "2026-11-30T11:00:00+01:00"}
    return find(_ENVIRONMENT, Finding(**given | asked), live.client)


def _settings(live: _Live) -> dict[str, Any]:
    settings: dict[str, Any] = json.loads(live.applied[0]["spec"]["containers"][0]["command"][-1])
    return settings


def test_each_transaction_has_its_moment_what_it_lost_and_the_command_that_brings_it_back(
    live: _Live, capsys: pytest.CaptureFixture[str]
) -> None:
    deleted = _loss("deleted", files=[16405], rows=1200)
    dropped = _loss("dropped", relations=[16386, 16387], files=[16386, 16387])
    live.ends(_told(_transaction(748, deleted), _transaction(750, dropped)))
    assert _find(live) == 0
    assert capsys.readouterr().out.splitlines() == [
        "2026-11-30 10:00:00.000001 UTC  xid 748",
        "    deleted 1,200 rows of n8n: public.orders",
        "    python -m stacks restore dev n8n --to before-xid 748 --backup 20261130T020000",
        "2026-11-30 10:00:00.000001 UTC  xid 750",
        "    dropped 2 files of database n8n: relations 16386, 16387",
        "    python -m stacks restore dev n8n --to before-xid 750 --backup 20261130T020000",
        "    names: python -m stacks inspect dev n8n --at before-xid 750 --backup 20261130T020000"
        " --dbname n8n --query \"select unnest('{16386,16387}'::oid[])::regclass\"",
        "read: 2026-11-30T09:50:00+00:00 to 2026-11-30T10:10:00+00:00; --within 2h reads two hours "
        "to either side",
        "the last transaction in the archive ended at 2026-11-30T12:00:00+00:00",
    ]


def test_the_pod_gets_the_question_in_utc(live: _Live) -> None:
    live.ends(_told())
    assert _find(live) == 1
    settings = _settings(live)
    assert (settings["around"], settings["within"]) == ("2026-11-30T10:00:00+00:00", 600)
    assert settings["server"] == _SPEC.server_name
    assert (settings["relations"], settings["files"]) == ([], [])


def test_drops_are_looked_for_in_the_last_day(live: _Live) -> None:
    live.ends(_told())
    _find(live, around=None, dropped=True)
    settings = _settings(live)
    day = timedelta(days=1).total_seconds()
    assert (settings["around"], settings["within"], settings["dropped"]) == (None, day, True)


def test_a_dropped_database_says_what_is_lost_with_it(
    live: _Live, capsys: pytest.CaptureFixture[str]
) -> None:
    stop = {"xid": 832, "position": 1}
    live.ends(_told(_transaction(833, _loss("dropped database", database=16385), stop=stop)))
    _find(live)
    said = capsys.readouterr().out
    assert "    dropped database 16385\n" in said
    assert "--to before-xid 832 --backup" in said
    assert "transaction 832, the last before it, is lost with it" in said


def test_a_transaction_that_cannot_be_undone_has_no_command(
    live: _Live, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = _loss("truncated", relations=[16405])
    live.ends(_told(_transaction(1, lost, backup=None), _transaction(2, lost, stop=None)))
    _find(live)
    said = capsys.readouterr().out
    assert "python -m stacks" not in said
    assert "no base backup of this archive ends before it" in said
    assert "no transaction ended before it in the time that was read" in said


def test_a_prepared_transaction_and_an_incomplete_one_say_so(
    live: _Live, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = _loss("deleted", files=[99999], rows=3)
    live.ends(_told(_transaction(5, lost, prepared=True, whole=False), smaller=7))
    _find(live)
    said = capsys.readouterr().out
    assert "    at least: deleted 3 rows of n8n: file 99999\n" in said
    assert "run ROLLBACK PREPARED" in said
    assert "7 more lost less" in said


def test_where_clocks_differed_the_order_is_said(
    live: _Live, capsys: pytest.CaptureFixture[str]
) -> None:
    begin, end = "2026-11-30T10:00:00+00:00", "2026-11-30T10:05:00+00:00"
    live.ends(_told(overlaps=[{"timeline": 1, "begin": begin, "end": end}]))
    _find(live)
    assert (
        "clocks differed: timeline 1 has transactions until 2026-11-30 10:05:00+00:00, and later "
        "timelines have some from 2026-11-30 10:00:00+00:00 on: a time between restores nothing of "
        "the later ones; so transactions are in the order of the WAL here\n"
    ) in capsys.readouterr().out


def test_rows_of_a_catalog_are_left_out(live: _Live, capsys: pytest.CaptureFixture[str]) -> None:
    live.answers["n8n", "16662"] = live.answers["n8n", "16405"]
    live.ends(_told(_transaction(5, _loss("deleted", files=[16662], rows=3))))
    assert _find(live) == 1
    assert "no transaction lost anything in that time" in capsys.readouterr().out


def test_without_a_live_database_numbers_are_shown(
    live: _Live, capsys: pytest.CaptureFixture[str]
) -> None:
    live.primary = ""
    live.ends(_told(_transaction(5, _loss("deleted", files=[16405], rows=3))))
    assert _find(live) == 0
    said = capsys.readouterr()
    assert "deleted 3 rows of 16384: file 16405" in said.out
    assert "it has no primary now" in said.err


def test_a_table_is_looked_for_by_the_numbers_it_has_now(live: _Live) -> None:
    live.answers["n8n", "to_regclass('public.o''rders')"] = [[16405, 16483, "public.orders"]]
    live.ends(_told())
    _find(live, table="public.o'rders")
    settings = _settings(live)
    assert (settings["relations"], settings["files"]) == ([16405], [16483])


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (
            {"database": "x"},
            r"^database x: the environment has none of this name; write one of n8n$",
        ),
        ({"around": "noon"}, r"^--around noon: it is not a time; write one like 2026-"),
        ({"around": "2026-11-30T10:00:00"}, r"it has no time zone; write one like 2026-"),
        ({"within": "0m"}, r"^--within 0m: it is not a length; write 30s, 10m, 2h or 7d$"),
        ({"within": "9999999d"}, r"^--within 9999999d: it is not a length"),
        ({"table": "gone"}, r"^--table gone: no database has it now, and WAL holds numbers"),
        ({"store": "offsite"}, r"^offsite: the environment has no off-site copy"),
    ],
)
def test_what_cannot_be_asked_is_a_sentence_and_starts_no_pod(
    live: _Live, asked: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Fault, match=sentence):
        _find(live, **asked)
    assert live.applied == []


def test_the_copy_is_named_in_the_command(live: _Live, capsys: pytest.CaptureFixture[str]) -> None:
    live.ends(_told(_transaction(748, _loss("deleted", files=[16405], rows=1))))
    asked = Finding(
        environment="dev", database="n8n", around="2026-11-30T10:00:00Z", store="offsite"
    )
    find(environment(databases={"n8n": _SPEC}, offsite=offsite()), asked, live.client)
    assert "--backup 20261130T020000 --from offsite\n" in capsys.readouterr().out


def test_json_has_the_commands_and_the_names(
    live: _Live, capsys: pytest.CaptureFixture[str]
) -> None:
    live.ends(_told(_transaction(748, _loss("deleted", files=[16405], rows=1))))
    _find(live, as_json=True)
    (one,) = json.loads(capsys.readouterr().out)["transactions"]
    assert one["losses"][0]["names"] == ["public.orders"]
    assert one["restore"].endswith("--to before-xid 748 --backup 20261130T020000")
