"""Clients are sent to a restored generation only once it is proved to be what it should be."""

import json
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import pytest

from components.pods import proof
from components.pods.job import Refusal
from components.pods.s3 import Fault
from tests.apiserver import CLUSTERS, SERVICES, ApiServer
from tests.s3 import Bucket, ClientError

CREATED = datetime(2026, 11, 30, 10, tzinfo=UTC)
BEFORE, AFTER = CREATED - timedelta(hours=1), CREATED + timedelta(hours=1)
FLOOR = "select count(*) >= 1000 from members"
SEGMENT = "000000030000000000000007"


class Running:
    """The running server: rows by a word of the query, and what was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: dict[str, tuple[Any, ...] | Exception] = {
            "pg_control_system": ("77",),
            "pg_walfile_name": ("000000030000000000000008",),
            "archive_mode": ("on",),
            "members": (True,),
            "checkpoint_timeout": (360,),
            "pg_current_xact_id": ("1000",),
            "pg_snapshot_xmax": ("1001",),
            "wal_segment_size": (16 << 20,),
        }

    def row(self, query: str) -> tuple[Any, ...]:
        self.asked.append(query)
        (answer,) = [row for word, row in self.answers.items() if word in query]
        if isinstance(answer, Exception):
            raise answer
        return answer


class World:
    """A generation that is what it should be."""

    def __init__(self, stores: Mapping[str, Any], server: ApiServer, archive: Bucket) -> None:
        self.api, self.archive, self.running = server, archive, Running()
        self.settings: dict[str, Any] = {
            "namespace": "ns",
            "cluster": "db-g2",
            "server": "db-g2",
            "service": "db",
            "verified": None,
            "database": "data",
            "from": "db",
            "store": "source",
            "checks": {"floor": FLOOR},
            "snapshot": None,
            "latest": True,
            **stores,
        }
        self.cluster = server.put(
            f"{CLUSTERS}/db-g2",
            metadata={"creationTimestamp": "2026-11-30T10:00:00Z"},
            spec={"bootstrap": {"recovery": {"source": "db"}}},
        )
        server.put(f"{SERVICES}/db", spec={"selector": {"cnpg.io/cluster": "db"}})
        self.came_from(archive, "")
        archive.put("db-g2/wals/00000003.history", "1\t0/6800000\tx\n2\t0/7000000\tx\n")
        archive.put(f"db-g2/wals/0000000300000000/{SEGMENT}.zst", "wal")

    @staticmethod
    def came_from(bucket: Bucket, folder: str) -> None:
        bucket.put(f"{folder}db/base/b/backup.info", "status=DONE\nsystemid=77\n", BEFORE)
        bucket.put(f"{folder}db/base/c/backup.info", "status=FAILED\nsystemid=66\n", BEFORE)
        bucket.put(f"{folder}db/wals/00000002.history", "1\n", BEFORE)
        for name in ("000000010000000000000006", "000000020000000000000006"):
            bucket.put(f"{folder}db/wals/{name[:16]}/{name}", "wal", BEFORE)


@pytest.fixture
def world(
    stores: Mapping[str, Any],
    server: ApiServer,
    archive: Bucket,
    monkeypatch: pytest.MonkeyPatch,
) -> World:
    world = World(stores, server, archive)

    def connect(host: str, database: str, verified: str | None) -> Running:
        assert (host, database, verified) == ("db-g2-rw", "data", None)
        return world.running

    monkeypatch.setattr(proof, "Client", connect)
    monkeypatch.setattr("time.sleep", lambda _: None)
    return world


def _refused(world: World, capsys: pytest.CaptureFixture[str], code: int = 1) -> str:
    with pytest.raises(SystemExit) as ended:
        proof.main(world.settings)
    assert ended.value.code == code
    return capsys.readouterr().err


def _said(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return {line["proof"]: line["found"] for line in lines}


def test_each_proof_is_a_line_of_json(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    proof.main(world.settings)
    assert _said(capsys) == {
        "bootstrap": "recovery",
        "system identifier": "77",
        "timeline": {"running": 3, "archive": 2},
        "archiving": "on",
        "check floor": True,
        "own segment": SEGMENT,
        "end of recovery": "000000020000000000000006",
        "next transaction": 1001,
    }
    assert not [query for query in world.running.asked if "pg_current_xact_id" in query]


def test_a_restore_from_a_snapshot_is_none_of_the_archive(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    proof.main(world.settings)
    plain = _said(capsys)
    world.settings["snapshot"] = "monday"
    proof.main(world.settings)
    said = {"source": "snapshot monday (proves nothing about the archive)"}
    assert _said(capsys) == said | plain


def test_what_the_off_site_copy_says_counts_for_a_restore_from_it(
    world: World, copies: Bucket, capsys: pytest.CaptureFixture[str]
) -> None:
    for key in [key for key in world.archive.objects if key.startswith("db/")]:
        del world.archive.objects[key]
    assert "the base backups in https://source/archive/db/ are of none" in _refused(world, capsys)
    world.came_from(copies, "archive/")
    world.settings["store"] = "target"
    proof.main(world.settings)
    assert _said(capsys)["system identifier"] == "77"


@pytest.mark.parametrize("bootstrap", [{"initdb": {}}, {"initdb": {}, "recovery": {}}, {}, None])
def test_an_initdb_is_refused(
    world: World, capsys: pytest.CaptureFixture[str], bootstrap: Mapping[str, Any] | None
) -> None:
    world.cluster["spec"]["bootstrap"] = bootstrap
    assert "db-g2: bootstrap: its bootstrap is " in _refused(world, capsys)


def test_another_database_system_is_refused(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.running.answers["pg_control_system"] = ("66",)
    assert "system identifier: it is 66, and the base backups in " in _refused(world, capsys)


def test_a_backup_that_goes_while_it_is_read_is_none(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    def gone(key: str) -> None:
        if key == "db/base/b/backup.info":
            raise ClientError("NoSuchKey")

    world.archive.on_get = gone
    assert "are of none" in _refused(world, capsys)


@pytest.mark.parametrize(
    "newer",
    ["db/wals/00000003.history.zst", "db/wals/0000000300000000/000000030000000000000006.zst"],
)
def test_a_timeline_that_the_archive_had_already_is_refused(
    world: World, capsys: pytest.CaptureFixture[str], newer: str
) -> None:
    world.archive.put(newer, "there", BEFORE)
    assert "timeline: it is 3, and the archive had 3 already" in _refused(world, capsys)


def test_a_timeline_that_the_old_generation_reached_later_is_another_one(world: World) -> None:
    world.archive.put("db/wals/00000003.history", "there", AFTER)
    proof.main(world.settings)


def test_a_server_that_does_not_archive_is_refused(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.running.answers["archive_mode"] = ("off",)
    assert "db-g2: archiving: archive_mode is off" in _refused(world, capsys)


@pytest.mark.parametrize("row", [(False,), (None,), (1,), (True, True)])
def test_a_check_that_is_not_true_is_refused(
    world: World, capsys: pytest.CaptureFixture[str], row: tuple[Any, ...]
) -> None:
    world.running.answers["members"] = row
    assert "db-g2: check floor: it returns " in _refused(world, capsys)


def test_every_fault_is_said(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.running.answers["members"] = Refusal('relation "members" does not exist')
    world.running.answers["archive_mode"] = ("off",)
    said = _refused(world, capsys).splitlines()
    assert [line.split(": ")[1] for line in said] == ["archiving", "check floor"]


@pytest.mark.parametrize(
    "other",
    [
        "db-g2/wals/00000003.history",
        "db-g2/wals/0000000300000000/000000030000000000000007.partial",
        "db-g2/wals/0000000200000000/000000020000000000000007.zst",
    ],
)
def test_only_a_whole_segment_of_its_timeline_proves_that_it_archives(
    world: World, capsys: pytest.CaptureFixture[str], other: str
) -> None:
    for key in [key for key in world.archive.objects if key.startswith("db-g2/")]:
        del world.archive.objects[key]
    world.archive.put(other, "2\t0/7000000\tx\n")
    said = _refused(world, capsys)
    assert "own segment: none of timeline 3 is in https://source/archive/db-g2/wals/" in said
    assert "after 425 s" in said


@pytest.mark.parametrize("target", [False, True])
def test_wal_that_was_there_and_did_not_come_back_is_refused(
    world: World, capsys: pytest.CaptureFixture[str], *, target: bool
) -> None:
    """With a target PostgreSQL itself sees that it reaches it."""
    world.archive.put("db/wals/0000000200000000/000000020000000000000007.gz", "wal", BEFORE)
    world.settings["latest"] = not target
    if target:
        proof.main(world.settings)
        assert "end of recovery" not in _said(capsys)
        return
    assert _refused(world, capsys) == (
        "db-g2: end of recovery: it ended with WAL 000000020000000000000006, and the archive had "
        "000000020000000000000007: the store was away meanwhile, or that segment is damaged; "
        "restore the next generation, to a time before it if it is\n"
    )


@pytest.mark.parametrize(
    ("name", "when"),
    [
        ("000000020000000000000007", AFTER),  # by the old generation, which went on
        ("000000010000000000000007", BEFORE),  # of a timeline that was left
        ("000000020000000000000008", BEFORE),  # after a gap
    ],
)
def test_wal_that_recovery_could_not_know_does_not_count(
    world: World, name: str, when: datetime
) -> None:
    world.archive.put(f"db/wals/{name[:16]}/{name}.gz", "wal", when)
    proof.main(world.settings)


def test_a_generation_that_failed_over_since_has_the_same_end(world: World) -> None:
    world.running.answers["pg_walfile_name"] = ("000000040000000000000009",)
    world.archive.put("db-g2/wals/00000004.history", "2\t0/7000000\tx\n3\t0/8000000\tx\n")
    world.archive.put("db-g2/wals/0000000400000000/000000040000000000000008.gz", "wal")
    proof.main(world.settings)


def test_a_timeline_of_the_archive_that_is_not_in_the_history_is_refused(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.archive.put("db-g2/wals/00000003.history", "1\t0/6800000\tx\n")
    assert "end of recovery: the history of timeline 3 in " in _refused(world, capsys)


def test_a_quiet_database_gets_a_segment_to_archive(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    segment = next(key for key in world.archive.objects if SEGMENT in key)
    del world.archive.objects[segment]
    waited: list[float] = []

    def later(seconds: float) -> None:
        assert [query for query in world.running.asked if "pg_current_xact_id" in query]
        waited.append(seconds)
        if sum(waited) > 300:
            world.archive.put(segment, "wal")

    monkeypatch.setattr("time.sleep", later)
    proof.main(world.settings)
    assert _said(capsys)["own segment"] == SEGMENT


def test_what_clients_reach_already_was_proved_before(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Months later the archive that it came from is pruned, and rows are gone."""
    world.archive.objects.clear()
    world.running.answers["members"] = (False,)
    world.api.put(f"{SERVICES}/db", spec={"selector": {"cnpg.io/cluster": "db-g2"}})
    proof.main(world.settings)
    assert _said(capsys) == {"before": "Service db selects it"}


def test_without_a_service_everything_is_proved(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """After a cluster loss there is none yet."""
    del world.api.objects[f"{SERVICES}/db"]
    world.running.answers["members"] = (False,)
    assert "check floor" in _refused(world, capsys)


@pytest.mark.parametrize(
    "break_it",
    [
        lambda world: world.api.objects.pop(f"{CLUSTERS}/db-g2"),
        lambda world: setattr(world.api, "away", True),
        lambda world: world.archive.fails.update(list_objects_v2=ClientError("SlowDown")),
        lambda world: world.running.answers.update(archive_mode=Fault("db-g2-rw: gone")),
    ],
)
def test_what_does_not_answer_is_tried_again(
    world: World, capsys: pytest.CaptureFixture[str], break_it: Callable[[World], object]
) -> None:
    break_it(world)
    _refused(world, capsys, code=75)


class _Error(Exception):
    pgcode: str | None = None


def _psycopg2(given: dict[str, Any], execute: Callable[[str], object]) -> SimpleNamespace:
    """Return a module that notes how it connects, and whose statements are executed so."""

    class Anything:
        def __init__(self, **said: Any) -> None:
            given.update(said)

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None: ...

        def cursor(self) -> Self:
            return self

        def execute(self, query: str) -> None:
            self.rows = execute(query)

        def fetchall(self) -> object:
            return self.rows

    return SimpleNamespace(Error=_Error, connect=Anything)


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(proof, "APPLICATION", tmp_path)
    (tmp_path / "username").write_text("app")
    (tmp_path / "password").write_text("pass")
    return tmp_path


@pytest.mark.usefixtures("keys")
def test_the_server_must_have_the_generations_certificate_and_writes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setitem(sys.modules, "psycopg2", _psycopg2(given, lambda _: [(1,)]))
    assert proof.Client("db-g2-rw", "data", None).row("select 1") == (1,)
    assert (given["host"], given["sslmode"], given["sslrootcert"]) == (
        "db-g2-rw",
        "verify-full",
        "/ca/ca.crt",
    )
    assert (given["user"], given["password"]) == ("app", "pass")
    assert given["options"] == "-c default_transaction_read_only=on -c statement_timeout=300s"


@pytest.mark.usefixtures("keys")
def test_a_certificate_that_is_made_elsewhere_is_verified_by_the_name_of_clients(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """libpq connects to `hostaddr`, and compares the certificate with `host` ("hostaddr")."""
    given: dict[str, Any] = {}
    monkeypatch.setitem(sys.modules, "psycopg2", _psycopg2(given, lambda _: [(1,)]))
    proof.Client("localhost", "data", "db.prod.svc")
    assert given["host"] == "db.prod.svc"
    assert given["hostaddr"] in {"127.0.0.1", "::1"}
    with pytest.raises(Fault, match=r"^db-g2-rw\.invalid: .*it is tried again$"):
        proof.Client("db-g2-rw.invalid", "data", "db.prod.svc")


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        ("42P01", Refusal, "no such table"),
        ("57014", Refusal, "no such table"),
        ("25006", Refusal, "no such table"),
        ("57P01", Fault, "no such table; it is tried again"),
        (None, Fault, "no such table; it is tried again"),
    ],
)
def test_a_statement_that_fails_is_final_and_a_server_that_is_away_is_not(
    monkeypatch: pytest.MonkeyPatch,
    code: str | None,
    kind: type[Exception],
    said: str,
) -> None:
    error = _Error("no such\ntable\n")
    error.pgcode = code

    def fail(_: str) -> object:
        raise error

    monkeypatch.setitem(sys.modules, "psycopg2", _psycopg2({}, fail))
    with pytest.raises(kind, match=f"^{said}$"):
        proof.Client("db-g2-rw", "data", None).row("select 1")


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("rows", [[], [(True,), (True,)]])
def test_a_check_has_one_row(monkeypatch: pytest.MonkeyPatch, rows: list[tuple[bool]]) -> None:
    monkeypatch.setitem(sys.modules, "psycopg2", _psycopg2({}, lambda _: rows))
    with pytest.raises(Refusal, match=f"it returns {len(rows)} rows"):
        proof.Client("db-g2-rw", "data", None).row("select 1")


def test_without_the_applications_secret_it_is_tried_again(
    keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (keys / "password").unlink()
    monkeypatch.setitem(sys.modules, "psycopg2", _psycopg2({}, lambda _: []))
    with pytest.raises(Fault, match=r"db-g2-rw: .*it is tried again"):
        proof.Client("db-g2-rw", "data", None)
