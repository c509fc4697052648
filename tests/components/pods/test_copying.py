"""The off-site copy: at each moment what it lists can be restored, and what is wrong is said."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from components.pods import copying
from components.pods import offsite as pod
from components.pods import s3 as store
from components.pods.copying import Copy
from components.pods.s3 import Store
from tests.s3 import NOW, Bucket, ClientError

INFO = "status={status}\nbegin_wal={begin}\nend_wal={end}\nxlog_segment_size=16777216\n"


class World:
    """An archive, its copy, and what was said of each pass."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.source, self.target = Bucket(), Bucket()
        self._capsys = capsys
        self.copy = self.fresh()

    def fresh(self, *, encrypted: bool = True) -> Copy:
        place = {"region": "r", "keys": "Secret keys", "access": "A", "secret": "S"}
        source = place | {"endpoint": "https://source", "bucket": "archive", "prefix": ""}
        target = place | {"endpoint": "https://target", "bucket": "copies", "prefix": "archive/"}
        settings = {"server": "db", "lock_days": 31, "encrypted": encrypted}
        return Copy(settings, Store("source", source), Store("target", target))

    def wal(self) -> dict[str, Any]:
        return self._said("wal", self.copy.wal)

    def base(self) -> dict[str, Any]:
        return self._said("base", self.copy.base)

    def _said(self, part: str, work: Callable[[], int]) -> dict[str, Any]:
        self._capsys.readouterr()
        pod.one_pass(self.copy, part, work)
        said: dict[str, Any] = json.loads(self._capsys.readouterr().out)
        return said

    def archive(self, *segments: int, at: datetime = NOW) -> None:
        for one in segments:
            self.source.put(_wal(one), f"segment {one}", at)

    def back_up(self, name: str, begin: int, end: int, status: str = "DONE") -> None:
        self.source.put(f"db/base/{name}/data.tar.gz", f"data of {name}")
        info = INFO.format(status=status, begin=_segment(begin), end=_segment(end))
        self.source.put(f"db/base/{name}/backup.info", info)

    @property
    def copied(self) -> list[str]:
        return [k.removeprefix("archive/") for k in self.target.objects if "self-test" not in k]


def _segment(number: int) -> str:
    return f"00000001{number // 256:08X}{number % 256:08X}"


def _wal(number: int) -> str:
    return f"db/wals/{_segment(number)[:16]}/{_segment(number)}.gz"


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[World]:
    world = World(capsys)
    for name in ("source", "target"):
        (tmp_path / name).mkdir()
        for key in ("access", "secret"):
            (tmp_path / name / key).write_text(f"{name} {key}")
    monkeypatch.setattr(store, "KEYS", tmp_path)

    def connect(settings: Mapping[str, str], keys: tuple[str, str], _: object) -> Bucket:
        assert keys[0].split()[0] in settings["endpoint"], "the keys of the other store"
        return world.source if settings["bucket"] == "archive" else world.target

    monkeypatch.setattr(store, "connect", connect)
    yield world
    deleting = [line for line in world.source.log if not line.startswith(("list", "get"))]
    assert deleting == [], "the archive is only read"


def test_wal_is_copied_the_oldest_first_and_only_once(world: World) -> None:
    world.archive(3, 256, 2, 255)
    assert world.wal()["copied"] == 4
    assert world.copied == [_wal(one) for one in (2, 3, 255, 256)]
    assert world.wal()["copied"] == 0


def test_a_base_backup_is_listed_only_once_all_its_wal_is_there(world: World) -> None:
    world.archive(255, 257)
    world.back_up("b1", 255, 257)
    world.wal()
    world.base()
    assert "db/base/b1/data.tar.gz" in world.copied
    assert "db/base/b1/backup.info" not in world.copied
    world.archive(256)
    world.wal()
    assert world.base()["copied"] == 1
    assert world.copied[-1] == "db/base/b1/backup.info"


def test_data_that_arrive_until_the_backup_is_done_are_copied_before_it_is(world: World) -> None:
    world.archive(1)
    world.wal()
    world.back_up("b1", 1, 1)

    def late(key: str) -> None:
        if key.endswith("backup.info"):
            world.source.put("db/base/b1/16401.tar.gz", "a tablespace, whole just now")

    world.source.on_get = late
    world.base()
    assert world.copied[1:] == [
        *(f"db/base/b1/{name}" for name in ("16401.tar.gz", "data.tar.gz", "backup.info"))
    ]


def test_a_backup_that_retention_takes_meanwhile_is_not_listed_without_its_data(
    world: World,
) -> None:
    world.archive(1)
    world.wal()
    world.back_up("b1", 1, 1)

    def taken(key: str) -> None:
        if key.endswith("data.tar.gz"):
            del world.source.objects[key]

    world.source.on_get = taken
    world.base()
    assert "db/base/b1/backup.info" not in world.copied


@pytest.mark.parametrize("status", ["STARTED", "FAILED", "EMPTY"])
def test_a_backup_that_is_not_done_is_left_alone(world: World, status: str) -> None:
    world.archive(1)
    world.back_up("b1", 1, 1, status)
    world.wal()
    world.base()
    assert world.copied == [_wal(1)]


def test_what_the_archive_deletes_stays_in_the_copy(world: World) -> None:
    world.archive(1, 2)
    world.wal()
    del world.source.objects[_wal(1)]
    assert world.wal()["copied"] == 0
    assert world.copied == [_wal(1), _wal(2)]


def test_what_changes_in_the_archive_is_counted_and_never_overwrites_the_copy(
    world: World,
) -> None:
    world.archive(1)
    world.wal()
    world.source.put(_wal(1), "encrypted by somebody else")
    assert world.wal()["copied"] == 0
    assert world.target.objects[f"archive/{_wal(1)}"]["data"] == b"segment 1"
    assert 'differing_objects{database="x",part="wal"} 1' in pod.metrics(world.copy, "x")


def test_a_large_object_goes_in_parts_whose_sums_are_checked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "PART", 4)
    world.source.put(_wal(1), b"0123456789")
    assert world.wal()["copied"] == 1
    found = world.target.objects[f"archive/{_wal(1)}"]
    assert (found["data"], found["etag"][-2:]) == (b"0123456789", "-3")


def test_a_copy_that_is_not_what_was_read_is_a_fault(world: World) -> None:
    world.archive(1)
    world.wal()  # the test of the lock went well
    world.archive(2)
    world.target.corrupts = True
    assert "the copy is" in world.wal()["fault"]


def test_an_archive_that_reads_otherwise_than_it_was_written_is_not_copied(world: World) -> None:
    world.archive(1)
    world.source.objects[_wal(1)]["data"] = b"a bit fell over"
    assert "it was read as" in world.wal()["fault"]
    assert world.copied == []


def test_how_old_the_copy_is_follows_from_the_oldest_that_is_missing(world: World) -> None:
    world.archive(1, at=NOW)
    world.wal()
    world.archive(3, at=NOW + timedelta(minutes=2))
    world.archive(2, at=NOW + timedelta(minutes=1))
    world.target.fails["put_object"] = ClientError("QuotaExceeded")
    said = world.wal()
    assert said["fault"] == "https://target/copies: it is full (QuotaExceeded); give it more space"
    assert said["copied_until"] == (NOW + timedelta(minutes=1)).timestamp()
    assert 'missing_objects{database="x",part="wal"} 2' in pod.metrics(world.copy, "x")
    assert 'failed{database="x",part="wal"} 1.0' in pod.metrics(world.copy, "x")
    world.target.fails.clear()
    assert world.wal()["copied"] == 2
    assert 'failed{database="x",part="wal"} 0.0' in pod.metrics(world.copy, "x")


@pytest.mark.parametrize(
    ("names", "missing"),
    [
        (["00000001{0}", "00000003.history", "00000003{0}"], "00000002.history"),
        (["00000001{0}", "00000002.history", "00000004.history"], "00000003.history"),
        (["00000001{0}", "00000002{0}"], "00000002.history"),
        (["00000001{0}", "FFFFFFFF.history"], "00000002.history"),
    ],
)
def test_a_history_that_is_missing_between_two_timelines_is_a_fault_and_the_rest_is_copied(
    world: World, names: list[str], missing: str
) -> None:
    for name in names:
        world.source.put(f"db/wals/{name.format('0000000000000001')}", "x")
    assert f"has no {missing}, so a restore ends before that timeline" in world.wal()["fault"]
    assert len(world.copied) == len(names)
    assert 'missing_objects{database="x",part="wal"} 1' in pod.metrics(world.copy, "x")


@pytest.mark.parametrize(
    "names",
    [
        ["00000001{0}", "00000002.history", "00000002{0}.gz", "00000003.history.zst"],
        ["00000005{0}", "00000006.history"],
        ["00000005.history", "00000005{0}"],
        ["00000001{0}.partial", "00000001{0}"],
    ],
)
def test_an_archive_needs_no_history_of_the_timeline_it_begins_with(
    world: World, names: list[str]
) -> None:
    for name in names:
        world.source.put(f"db/wals/{name.format('0000000000000001')}", "x")
    assert "fault" not in world.wal()


def test_a_restarted_pod_knows_what_is_there(world: World) -> None:
    world.archive(1)
    world.wal()
    world.copy = world.fresh()
    assert world.wal()["copied"] == 0


def test_where_nothing_is_encrypted_nothing_of_the_archive_is_sent(world: World) -> None:
    world.archive(1)
    world.target.kms = False
    assert "stores what is sent as AES256 with None; give it a KMS" in world.wal()["fault"]
    assert world.copied == []
    world.copy = world.fresh(encrypted=False)
    assert world.wal()["copied"] == 1


@pytest.mark.parametrize(
    ("lock", "mode", "said"),
    [
        (None, "", "is not locked; give the bucket a default retention"),
        (timedelta(days=9), "COMPLIANCE", "is COMPLIANCE until "),
        (timedelta(days=31), "GOVERNANCE", "is GOVERNANCE until "),
    ],
)
def test_without_its_lock_the_copy_goes_on_and_says_so(
    world: World, lock: timedelta | None, mode: str, said: str
) -> None:
    world.target.lock, world.target.mode = lock, mode
    world.archive(1)
    found = world.wal()
    assert said in found["lock"]
    assert found["copied"] == 1
    assert 'failed{database="x",part="lock"} 1.0' in pod.metrics(world.copy, "x")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("InvalidRequest", "Object is WORM protected and cannot be overwritten"),
        ("AccessDenied", "Access Denied because object protected by object lock."),
        ("AccessDenied", "forbidden by object lock"),
    ],
)
def test_a_store_that_shows_no_lock_is_locked_where_it_refuses_a_deletion_for_it(
    world: World, code: str, message: str
) -> None:
    world.target.shows_lock, world.target.deletion = False, ClientError(code, message)
    world.archive(1)
    found = world.wal()
    assert (found["copied"], found.get("lock"), found.get("fault")) == (1, None, None)
    assert 'failed{database="x",part="lock"} 0.0' in pod.metrics(world.copy, "x")


def test_keys_that_may_not_delete_prove_no_lock(world: World) -> None:
    world.target.shows_lock = False
    assert "is not locked; give the bucket a default retention" in world.wal()["lock"]


def test_a_lock_that_is_shown_and_too_weak_is_said_although_deletions_are_refused_for_it(
    world: World,
) -> None:
    world.target.mode = "GOVERNANCE"
    world.target.deletion = ClientError("AccessDenied", "forbidden by object lock")
    assert "is GOVERNANCE until" in world.wal()["lock"]


def test_keys_that_may_delete_are_found_out(world: World) -> None:
    world.target.may_delete = True
    assert "its keys may hide copies; take that right from them" in world.wal()["lock"]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (ClientError("SignatureDoesNotMatch"), "refuses the keys (SignatureDoesNotMatch); fix Se"),
        (ClientError("NoSuchBucket"), "the bucket does not exist; create it with object lock"),
        (ClientError("SlowDown"), "it answers SlowDown; see the store's log"),
        (type("SSLError", (Exception,), {})("self-signed"), "not trusted (self-signed); fix its"),
        (type("X", (Exception,), {"__module__": "botocore.x"})("reset"), "it does not answer (res"),
        (
            type(
                "ConnectionClosedError",
                (Exception,),
                {"__module__": "botocore.x", "response": None},
            )("closed"),
            "it does not answer (closed)",
        ),
    ],
)
def test_what_a_store_answers_is_said_with_its_mend(
    world: World, fault: Exception, said: str
) -> None:
    world.target.fails["put_object"] = fault
    assert said in world.wal()["fault"]


def test_a_secret_that_is_not_there_yet_is_named(world: World) -> None:
    (store.KEYS / "target" / "access").unlink()
    assert world.wal()["fault"] == "Secret keys: it has no key 'A'; write the Secret"
    (store.KEYS / "target" / "access").write_text("target written later")
    assert "fault" not in world.wal()


def test_what_is_not_foreseen_ends_the_pod(world: World) -> None:
    world.target.fails["put_object"] = KeyError("a fault of the program")
    with pytest.raises(KeyError):
        world.wal()


def test_a_store_that_never_overwrites_a_locked_key_gets_another_copy_after_each_start(
    world: World,
) -> None:
    world.target.overwrites = False
    world.archive(1)
    world.wal()
    later = datetime.now(UTC) + timedelta(seconds=5)
    world.copy = world.fresh()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copying, "datetime", type("Later", (datetime,), {"now": lambda _: later}))
        world.archive(2)
        assert "fault" not in world.wal()
    assert world.copied == [_wal(1), _wal(2)]


def test_a_lock_that_cannot_be_tested_is_said_and_keeps_no_wal_from_being_copied(
    world: World,
) -> None:
    world.target.refuses = "self-test"
    world.archive(1)
    assert "it refuses the keys" in world.wal()["fault"]
    assert world.copied == [_wal(1)]


def test_no_wal_is_copied_where_the_test_is_stored_in_plaintext(world: World) -> None:
    world.target.kms = False
    world.archive(1)
    assert "give it a KMS" in world.wal()["fault"]
    assert world.copied == []


@pytest.mark.parametrize("name", ["{}.00000028.backup.gz", "{}.partial.gz"])
def test_a_base_backup_waits_for_whole_segments(world: World, name: str) -> None:
    world.back_up("b", 1, 2)
    world.archive(1)
    label = name.format(_segment(2))
    world.source.put(f"db/wals/{label[:16]}/{label}", "no segment")
    world.wal()
    world.base()
    assert "db/base/b/backup.info" not in world.copied
    world.archive(2)
    world.wal()
    world.base()
    assert "db/base/b/backup.info" in world.copied
