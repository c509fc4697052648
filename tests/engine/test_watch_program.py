"""The watch against a real PostgreSQL: nonces, closed segments, and what an idle database costs."""

import gzip
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest

from components.pods import drill_archive, heartbeat, s3, segments, waldump, watch, window
from components.pods.s3 import Fault
from components.pods.wal import segment_name, segment_number
from tests.postgres import Postgres, running
from tests.s3 import Bucket
from tests.support import ROOT
from tools.build.boto import libraries
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
    return heartbeat.Primary("localhost", "Secret db-heartbeat-client-cert", "127.0.0.1")


def test_a_nonce_is_in_the_segment_that_is_named_and_that_is_archived_at_once(
    server: Postgres, primary: heartbeat.Primary
) -> None:
    for _ in range(3):
        said = primary.beat()
        assert said["nonce"].encode() in server.archived(said["segment"])
        assert primary.nonces()[0] == {"nonce": said["nonce"], "written": said["written"]}
    assert said["system"] == server.sql("select system_identifier from pg_control_system()")


def test_a_nonce_costs_little_in_the_archive(server: Postgres, primary: heartbeat.Primary) -> None:
    primary.beat()
    content = server.archived(primary.beat()["segment"])
    assert len(content) == server.segment
    assert len(gzip.compress(content)) < server.segment / 100


def test_the_role_may_do_nothing_else(server: Postgres, primary: heartbeat.Primary) -> None:
    primary.position()
    asked = (
        "select rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls "
        "from pg_roles where rolname = 'tier0_heartbeat'"
    )
    assert server.sql(asked) == "f"


def test_a_nonce_waits_for_no_replica(server: Postgres, primary: heartbeat.Primary) -> None:
    server.sql("alter system set synchronous_standby_names = 'nowhere'", "select pg_reload_conf()")
    try:
        assert server.archived(primary.beat()["segment"])
    finally:
        server.sql("alter system reset synchronous_standby_names", "select pg_reload_conf()")


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
    """The server itself notes once, within 15 s, what runs since something was written (bgwriter.c,
    LOG_SNAPSHOT_INTERVAL_MS), and may make a checkpoint."""
    primary.nonces()
    server.sql("checkpoint")

    def written() -> bool:
        before = server.sql("select pg_current_wal_insert_lsn()")
        for _ in range(20):
            primary.position()
            primary.clock()
        return server.sql("select pg_current_wal_insert_lsn()") != before

    assert not all(written() for _ in range(3))


def test_a_position_is_that_of_the_server(server: Postgres, primary: heartbeat.Primary) -> None:
    server.sql("checkpoint", "select pg_switch_wal()")
    found = primary.position()
    assert found.size == server.segment
    open_segment = segment_name(1, found.current, found.size)
    assert server.sql("select pg_walfile_name(pg_current_wal_insert_lsn())") == open_segment


def test_the_clock_of_an_instance_on_this_machine_does_not_differ(
    primary: heartbeat.Primary,
) -> None:
    assert {primary.clock() for _ in range(20)} == {("127.0.0.1", 0.0)}


@pytest.mark.parametrize("ahead", [60, -60])
def test_the_clock_of_an_instance_differs_from_one_that_is_moved(
    primary: heartbeat.Primary, monkeypatch: pytest.MonkeyPatch, ahead: int
) -> None:
    """Moved is this program's view of its own clock; the server's is the machine's."""
    moved = SimpleNamespace(time=lambda: time.time() - ahead)
    monkeypatch.setattr(heartbeat, "time", moved)
    began = time.monotonic()
    _, found = primary.clock()
    least = 60 - (time.monotonic() - began)
    assert least <= found * (1 if ahead > 0 else -1) <= 60


def _unknown(*_: object, **_more: object) -> None:
    raise socket.gaierror(-2, "Name or service not known")


@pytest.mark.usefixtures("primary")
def test_an_instance_without_the_name_of_the_primary_is_not_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = heartbeat.Primary("elsewhere", "Secret k", "127.0.0.1")
    with pytest.raises(Fault, match=r"^127\.0\.0\.1: .*does not match host name"):
        other.clock()
    monkeypatch.setattr("socket.getaddrinfo", _unknown)
    nowhere = heartbeat.Primary("localhost", "Secret k", "db-r")
    with pytest.raises(Fault, match=r"^db-r: its name is not found \(.*; it is tried"):
        nowhere.clock()


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
        "instances": "127.0.0.1",
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
    server.archived(begin["segment"])
    server.sql("select pg_switch_wal()")
    lsn = server.sql("select pg_current_wal_lsn()")
    info = (
        f"status=DONE\nbegin_time={begin['written']}\nend_time={begin['written']}\ntimeline=1\n"
        f"begin_wal={begin['segment']}\nend_wal={begin['segment']}\nend_xlog={lsn}\n"
        f"version=170010\nxlog_segment_size={server.segment}\nsystemid={begin['system']}\n"
    )
    place.bucket.put("db/base/a/data.tar", "data")
    place.bucket.put("db/base/a/backup.info", info)
    now = "select extract(epoch from clock_timestamp())"
    before = float(server.sql(now))
    server.archived(last := primary.beat()["segment"])
    after = float(server.sql(now))
    place.take()
    made = _watch(primary)
    made.tried("primary", made.look_at_primary)
    made.tried("archive", made.stores["archive"].look)
    assert before <= _of(made, "latest_restorable_timestamp_seconds") <= after
    assert (_of(made, "archive_gaps"), _of(made, "behind_seconds")) == (0, 0)
    # Another transaction, which is in no closed segment yet, changes nothing.
    server.sql("create table if not exists t (n int)")
    made.tried("primary", made.look_at_primary)
    assert _of(made, "behind_seconds") == 0
    del place.bucket.objects[f"db/wals/{last[:16]}/{last}.gz"]


def test_a_closed_segment_that_is_not_in_the_store_is_behind_until_it_is(
    server: Postgres, primary: heartbeat.Primary, place: Place
) -> None:
    server.archived(primary.beat()["segment"])
    place.take()
    made = _watch(primary)
    for part, look in (("primary", made.look_at_primary), ("archive", made.stores["archive"].look)):
        made.tried(part, look)
    assert _of(made, "behind_seconds") == 0
    server.archived(primary.beat()["segment"])
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


@pytest.mark.parametrize("at", ["boundary", "middle"])
def test_where_a_restore_ended_is_told_apart_by_the_next_record(
    server: Postgres,
    primary: heartbeat.Primary,
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    at: str,
) -> None:
    """The store was away there, or a segment of the right length is damaged."""
    monkeypatch.setattr(drill_archive, "FOLDER", tmp_path / "scratch")
    begin = primary.beat()
    for _ in range(3):
        last = primary.beat()["segment"]
    server.archived(last)
    info = (
        f"status=DONE\nbegin_time={begin['written']}\nend_time={begin['written']}\ntimeline=1\n"
        f"begin_wal={begin['segment']}\nend_wal={begin['segment']}\nend_xlog=0/100\n"
        f"version=170010\nxlog_segment_size={server.segment}\nsystemid={begin['system']}\n"
    )
    place.bucket.put("db/base/a/data.tar", "data")
    place.bucket.put("db/base/a/backup.info", info)
    place.take()
    store = s3.Store("source", SETTINGS | {"endpoint": "https://s3", "bucket": "archive"})
    archive = drill_archive.Archive(store, "db")
    wal = segments.Archived(store, store.keys("db/wals/"))
    number = segment_number(last, server.segment) - 1
    ended = number * server.segment
    if at == "middle":
        folder = tmp_path / "scratch" / "of"
        folder.mkdir()
        name = segment_name(1, number, server.segment)
        wal.fetch(name, server.segment, folder)
        asked = ["--limit=3", f"--path={folder}", name]
        *_, record = waldump.Waldump().lines(asked)
        found = re.search(r"lsn: 0/([0-9A-F]+)", record)
        assert found
        ended = int(found[1], 16)
    assert archive.flaw(ended) == ""
    name = segment_name(1, ended // server.segment, server.segment)
    key = f"db/wals/{name[:16]}/{name}.gz"
    content = bytearray(gzip.decompress(place.bucket.objects[key]["data"]))
    begins = ended % server.segment
    content[begins : begins + 400] = bytes(400)
    place.bucket.put(key, gzip.compress(bytes(content)))
    assert archive.flaw(ended).startswith("no record can be read at 0/")
    del place.bucket.objects[f"db/wals/{last[:16]}/{last}.gz"]


REAL = """
import pathlib, sys, time, types
import boto3
from moto.server import ThreadedMotoServer
from pods import evidence, s3 as store, watch_archive, watch_record

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
server.start()
url = "http://%s:%s" % server.get_host_and_port()
store.KEYS = pathlib.Path(sys.argv[1])
for name in ("source", "target"):
    (store.KEYS / name).mkdir()
    for key in ("access", "secret"):
        (store.KEYS / name / key).write_text("key")
s3 = boto3.client(
    "s3", endpoint_url=url, region_name="r", aws_access_key_id="k", aws_secret_access_key="k"
)
where = {"LocationConstraint": "r"}
s3.create_bucket(Bucket="archive", CreateBucketConfiguration=where)
s3.create_bucket(
    Bucket="copies", ObjectLockEnabledForBucket=True, CreateBucketConfiguration=where
)
retention = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 31}}
s3.put_object_lock_configuration(
    Bucket="copies",
    ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": retention},
)
place = {"endpoint": url, "region": "r", "keys": "Secret k", "access": "A", "secret": "S"}
settings = {"database": "n8n", "encrypted": True}
settings["source"] = place | {"bucket": "archive", "prefix": "some/"}
settings["target"] = place | {"bucket": "copies", "prefix": "archive/"}
one = evidence.Evidence(
    id="n8n-look-1", environment="e", database="n8n", depth="look", store="archive", generation=1,
    server_name="db", begun="2026-11-30T03:23:00+00:00", ended="2026-11-30T03:24:00+00:00",
    verdict="passed", rung="none", rpo_seconds=1, rto_seconds=1,
)
for _ in range(2):
    watch_record.Copies(settings).keep({"look": one})
versions = s3.list_object_versions(Bucket="copies", Prefix="archive/_drills/")["Versions"]
assert sorted(it["Key"] for it in versions) == [
    "archive/_drills/n8n/n8n-look-1." + kind for kind in ("html", "json", "xml")
]
for it in versions:
    head = s3.head_object(Bucket="copies", Key=it["Key"])
    assert head["ObjectLockMode"] == "COMPLIANCE", head
    assert head["ServerSideEncryption"] == "AES256", head
watch_archive.served_until = lambda *_: 1.0
for number in range(3, 1203):
    key = "some/db/wals/0000000100000000/00000001%016X.gz" % number
    s3.put_object(Bucket="archive", Key=key, Body=b"x")
watched = watch_archive.Watched("source", settings["source"], "db", {})
watched.look()
assert len(watched.archive.names) == 1200, len(watched.archive.names)
assert watched.ahead == 0, watched.ahead
for number in (1203, 1204):
    key = "some/db/wals/0000000100000000/00000001%016X.gz" % number
    s3.put_object(Bucket="archive", Key=key, Body=b"x")
asked = []
ask = store.Store.ask
store.Store.ask = lambda it, method, key=None, **more: (
    asked.append(more), ask(it, method, key, **more)
)[1]
watched.look()
assert len(watched.archive.names) == 1202
assert [set(it) for it in asked] == [{"Prefix", "StartAfter"}], asked
now = time.time
watch_archive.time = types.SimpleNamespace(time=lambda: now() - 60, monotonic=time.monotonic)
watched.look()
assert 0 < watched.ahead <= 60, watched.ahead
"""


def test_the_real_client_lists_the_end_and_locks_the_evidence(tmp_path: Path) -> None:
    known = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    path = f"{libraries()}{os.pathsep}{ROOT / 'components'}"
    done = subprocess.run(
        [sys.executable, "-c", REAL, str(tmp_path)],
        env=known | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
