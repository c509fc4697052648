"""The watch against a real PostgreSQL: nonces, closed segments, and what an idle database costs."""

import gzip
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from components.pods import heartbeat, s3, waldump, watch, window
from components.pods.s3 import Fault
from components.pods.wal import segment_name
from tests.postgres import Postgres, running
from tests.s3 import Bucket
from tools.build.postgres import postgres

SETTINGS = {"region": "r", "keys": "Secret k", "access": "A", "secret": "S", "prefix": ""}


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with running() as made:
        made.sql(
            "create role tier0_heartbeat login",
            "create database tier0_heartbeat owner tier0_heartbeat",
        )
        yield made


@pytest.fixture
def primary(server: Postgres, monkeypatch: pytest.MonkeyPatch) -> heartbeat.Primary:
    monkeypatch.syspath_prepend(postgres())
    monkeypatch.setattr(heartbeat, "KEYS", server.keys)
    monkeypatch.setenv("PGPORT", server.port)
    return heartbeat.Primary("localhost", "Secret db-heartbeat-client-cert")


def _archived(server: Postgres, name: str) -> bytes:
    for _ in range(100):
        if (server.archive / name).exists():
            break
        time.sleep(0.1)
    time.sleep(0.2)  # cp has made the file, and still writes
    return (server.archive / name).read_bytes()


def test_a_nonce_is_in_the_segment_that_is_named_and_that_is_archived_at_once(
    server: Postgres, primary: heartbeat.Primary
) -> None:
    for _ in range(3):
        said = primary.beat()
        assert said["nonce"].encode() in _archived(server, said["segment"])
        assert primary.nonces()[0] == {"nonce": said["nonce"], "written": said["written"]}
    assert said["system"] == server.sql("select system_identifier from pg_control_system()")


def test_a_nonce_costs_little_in_the_archive(server: Postgres, primary: heartbeat.Primary) -> None:
    primary.beat()
    content = _archived(server, primary.beat()["segment"])
    assert len(content) == server.segment
    assert len(gzip.compress(content)) < server.segment / 100


def test_the_role_may_do_nothing_else(server: Postgres, primary: heartbeat.Primary) -> None:
    primary.position()
    asked = (
        "select rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls "
        "from pg_roles where rolname = 'tier0_heartbeat'"
    )
    assert server.sql(asked) == "f"


def test_only_the_newest_nonces_are_kept(server: Postgres, primary: heartbeat.Primary) -> None:
    primary.beat()
    server.sql(
        "insert into nonces select 'old ' || n, now() - n * interval '1 day' "
        "from generate_series(1, 600) n",
        database="tier0_heartbeat",
    )
    newest = primary.beat()["nonce"]
    kept = primary.nonces()
    assert (len(kept), kept[0]["nonce"]) == (500, newest)
    assert server.sql("select count(*) from nonces", database="tier0_heartbeat") == "500"


def test_asking_writes_no_wal(server: Postgres, primary: heartbeat.Primary) -> None:
    primary.nonces()
    server.sql("checkpoint", "select pg_sleep(1)")
    before = server.sql("select pg_current_wal_insert_lsn()")
    for _ in range(20):
        primary.position()
    assert server.sql("select pg_current_wal_insert_lsn()") == before


def test_a_position_is_that_of_the_server(server: Postgres, primary: heartbeat.Primary) -> None:
    server.sql("checkpoint", "select pg_switch_wal()")
    found = primary.position()
    assert found.size == server.segment
    open_segment = segment_name(1, found.current, found.size)
    assert server.sql("select pg_walfile_name(pg_current_wal_insert_lsn())") == open_segment


def test_libpq_takes_the_key_of_a_mounted_secret_and_none_that_all_may_read(
    server: Postgres, primary: heartbeat.Primary
) -> None:
    """The files of a Secret belong to root, and to the pod's group, which may read them."""
    key = server.keys / "tls.key"
    kept = key.stat()
    try:
        for mode in (0o400, 0o440, 0o640) if kept.st_uid == 0 else (0o400,):
            key.chmod(mode)
            primary.position()
        key.chmod(0o444)
        with pytest.raises(Fault, match="has group or world access"):
            primary.position()
    finally:
        key.chmod(kept.st_mode)


def test_what_does_not_exist_yet_is_a_sentence(
    server: Postgres, primary: heartbeat.Primary, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server.sql("alter database tier0_heartbeat rename to other")
    try:
        with pytest.raises(Fault, match=r'^localhost: .*database "tier0_heartbeat" does not exist'):
            primary.position()
    finally:
        server.sql("alter database other rename to tier0_heartbeat")
    server.sql("alter role tier0_heartbeat rename to other")
    try:
        with pytest.raises(Fault, match=r'role "tier0_heartbeat" does not exist; it is tried'):
            primary.beat()
    finally:
        server.sql("alter role other rename to tier0_heartbeat")
    monkeypatch.setattr(heartbeat, "KEYS", tmp_path)
    with pytest.raises(Fault, match=r"^Secret db-heartbeat-client-cert: it has no tls.crt yet; it"):
        primary.position()


class Place:
    """A bucket in memory that the watch reads, and pg_waldump."""

    def __init__(self, server: Postgres) -> None:
        self.bucket, self._server = Bucket(), server

    def take(self) -> None:
        """Put into the bucket what the server has archived."""
        for path in sorted(self._server.archive.iterdir()):
            key = f"db/wals/{path.name[:16]}/{path.name}.gz"
            if len(path.name) == 24 and key not in self.bucket.objects:
                self.bucket.put(key, gzip.compress(path.read_bytes()))


@pytest.fixture
def place(server: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    made = Place(server)
    keys, scratch = tmp_path / "keys", tmp_path / "scratch"
    (keys / "source").mkdir(parents=True)
    scratch.mkdir()
    for name in ("access", "secret"):
        (keys / "source" / name).write_text(name)
    monkeypatch.setattr(s3, "KEYS", keys)
    monkeypatch.setattr(s3, "connect", lambda *_: made.bucket)
    monkeypatch.setattr(window, "FOLDER", scratch)
    monkeypatch.setattr("components.pods.watch_archive.served_until", lambda *_: 1.0)
    text = waldump.SERVER.replace("/scratch", str(scratch))
    monkeypatch.setattr(waldump.Waldump.__init__, "__defaults__", (scratch,))
    tools = f"{server.folder / 'pg' / 'bin'}:/usr/bin:/bin"
    shell = subprocess.Popen(["/bin/sh", "-c", text], env={"PATH": tools})
    yield made
    shell.kill()
    shell.wait()


def _watch(primary: heartbeat.Primary) -> watch.Watch:
    settings: Mapping[str, object] = {
        "database": "n8n",
        "server": "db",
        "host": "localhost",
        "heartbeat": "Secret k",
        "namespace": "tier0-drills",
        "record": "n8n-drills",
        "encrypted": True,
        "source": SETTINGS | {"endpoint": "https://s3", "bucket": "archive"},
    }
    made = watch.Watch(settings)
    made.primary = primary
    return made


def _of(made: watch.Watch, name: str) -> float:
    lines = [line for line in made.metrics().splitlines() if line.startswith(f"tier0_{name}{{")]
    return float(lines[0].split()[-1])


def test_the_latest_restorable_time_is_that_of_the_last_archived_commit(
    server: Postgres, primary: heartbeat.Primary, place: Place
) -> None:
    begin = primary.beat()
    _archived(server, begin["segment"])
    server.sql("select pg_switch_wal()")
    lsn = server.sql("select pg_current_wal_lsn()")
    info = (
        f"status=DONE\nbegin_time={begin['written']}\nend_time={begin['written']}\ntimeline=1\n"
        f"begin_wal={begin['segment']}\nend_wal={begin['segment']}\nend_xlog={lsn}\n"
        f"version=170010\nxlog_segment_size={server.segment}\nsystemid={begin['system']}\n"
    )
    place.bucket.put("db/base/a/data.tar", "data")
    place.bucket.put("db/base/a/backup.info", info)
    _archived(server, last := primary.beat()["segment"])
    before = float(server.sql("select extract(epoch from clock_timestamp())"))
    place.take()
    made = _watch(primary)
    made.tried("primary", made.look_at_primary)
    made.tried("archive", made.stores["archive"].look)
    assert 0 <= before - _of(made, "latest_restorable_timestamp_seconds") < 5
    assert (_of(made, "archive_gaps"), _of(made, "behind_seconds")) == (0, 0)
    # Another transaction, which is in no closed segment yet, changes nothing.
    server.sql("create table if not exists t (n int)")
    made.tried("primary", made.look_at_primary)
    assert _of(made, "behind_seconds") == 0
    del place.bucket.objects[f"db/wals/{last[:16]}/{last}.gz"]


def test_a_closed_segment_that_is_not_in_the_store_is_behind_until_it_is(
    server: Postgres, primary: heartbeat.Primary, place: Place
) -> None:
    _archived(server, primary.beat()["segment"])
    place.take()
    made = _watch(primary)
    for part, look in (("primary", made.look_at_primary), ("archive", made.stores["archive"].look)):
        made.tried(part, look)
    assert _of(made, "behind_seconds") == 0
    _archived(server, primary.beat()["segment"])
    made.tried("primary", made.look_at_primary)
    made.tried("archive", made.stores["archive"].look)
    time.sleep(0.2)
    assert _of(made, "behind_seconds") > 0.1
    server.stop()
    try:
        made.tried("primary", made.look_at_primary)
        assert 'tier0_watch_failed{database="n8n",part="primary"} 1.0\n' in made.metrics()
        assert _of(made, "behind_seconds") > 0.1, "a dead primary's WAL is not fine"
    finally:
        server.start()
    place.take()
    made.tried("archive", made.stores["archive"].look)
    assert _of(made, "behind_seconds") == 0
