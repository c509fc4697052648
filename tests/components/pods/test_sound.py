"""What reads a base backup through tells a store that cuts from an object that is damaged."""

import sys
import tarfile
import tracemalloc
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pytest

from components.pods.drill_run import Run
from components.pods.s3 import Fault, Store
from components.pods.sound import flaw
from tests.drills import Clock
from tests.s3 import Body, Bucket, ClientError
from tests.tars import flipped, tarred

FOLDER = "db/base/20261129T030000/"
_KINDS = ["tar", "tar.gz", "tar.bz2"]  # the others are read with Barman's libraries: tests/engine


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """A drill with 600 s, which pass only while it waits."""
    clock = Clock()
    monkeypatch.setattr("time.sleep", clock.sleep)
    monkeypatch.setattr("time.monotonic", clock.monotonic)
    return Run({"within_seconds": 600}, "restore", "archive")


@pytest.fixture
def store(stores: Mapping[str, Any], archive: Bucket) -> Store:
    archive.put(f"{FOLDER}backup.info", "status=DONE")
    return Store("source", stores["source"])


def _zeros(members: int, size: int) -> bytes:
    """Return an archive with empty files and one of zeros, compressed as far as it goes."""
    made = BytesIO()
    with tarfile.open(fileobj=made, mode="w:bz2") as archive:
        for number in range(members):
            archive.addfile(tarfile.TarInfo(f"base/5/{number}"))
        zeros = tarfile.TarInfo("base/5/zeros")
        zeros.size = size
        archive.addfile(zeros, BytesIO(bytes(size)))
    return made.getvalue()


@pytest.mark.parametrize("kind", _KINDS)
def test_a_base_backup_is_sound_to_its_end(
    store: Store, archive: Bucket, run: Run, kind: str
) -> None:
    for name in ("data", "data_0001", "16385"):
        archive.put(f"{FOLDER}{name}.{kind}", tarred(kind))
    assert flaw(store, FOLDER, run) == ""
    assert len(archive.ranges) == 3


@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize("name", ["data", "data_0001", "16385"])
def test_a_flipped_bit_is_said_with_its_object_and_place(
    store: Store, archive: Bucket, run: Run, kind: str, name: str
) -> None:
    for one in ("data", "data_0001", "16385"):
        archive.put(f"{FOLDER}{one}.{kind}", tarred(kind))
    content = flipped(kind, tarred(kind))
    archive.put(f"{FOLDER}{name}.{kind}", content)
    said, _, rest = flaw(store, FOLDER, run).partition(" before byte ")
    assert said == f"{FOLDER}{name}.{kind} is damaged"
    at, _, size = rest.partition(" (")[0].partition(" of ")
    assert (len(content) // 2 < int(at), int(size)) == (True, len(content))


@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize("left", [0, 512, 0.5, 0.9])
def test_an_object_that_is_truncated_in_its_store_is_damaged(
    store: Store, archive: Bucket, run: Run, kind: str, left: float
) -> None:
    content = tarred(kind)
    content = content[: left if isinstance(left, int) else int(len(content) * left)]
    archive.put(f"{FOLDER}data.{kind}", content)
    said = f"data.{kind} is damaged before byte {len(content)} of {len(content)} ("
    assert said in flaw(store, FOLDER, run)


def test_an_archive_that_ends_between_two_files_is_damaged(
    store: Store, archive: Bucket, run: Run
) -> None:
    """tarfile and tar take that for the end."""
    content = tarred("tar")
    end = content.index(b"ustar", len(content) // 2) - 257
    archive.put(f"{FOLDER}data.tar", content[:end])
    assert "(tar: empty header)" in flaw(store, FOLDER, run)


def test_a_header_of_zeros_in_the_middle_is_damage(store: Store, archive: Bucket, run: Run) -> None:
    """To tar it is the end."""
    content = tarred("tar")
    at = content.index(b"ustar", len(content) // 2) - 257
    archive.put(f"{FOLDER}data.tar", content[:at] + bytes(512) + content[at + 512 :])
    assert "(tar: more follows its end)" in flaw(store, FOLDER, run)


def test_where_a_request_is_cut_the_next_one_continues(
    store: Store, archive: Bucket, run: Run
) -> None:
    content = tarred("tar.gz")
    archive.put(f"{FOLDER}data.tar.gz", content)
    archive.cuts = 30_001
    assert flaw(store, FOLDER, run) == ""
    assert archive.ranges == [f"bytes={at}-" for at in range(0, len(content), archive.cuts)]
    archive.put(f"{FOLDER}data.tar.gz", flipped("tar.gz", content))
    assert "data.tar.gz is damaged" in flaw(store, FOLDER, run)


@pytest.mark.parametrize(
    "error", [ConnectionResetError("reset by peer"), ClientError("503", "reset by peer")]
)
def test_a_connection_that_breaks_is_no_damage(
    store: Store, archive: Bucket, run: Run, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    archive.put(f"{FOLDER}data.tar.gz", tarred("tar.gz"))
    read, broken = Body.read, [error] * 4

    def breaks(body: Body, size: int | None = None) -> bytes:
        if broken and len(archive.ranges) > 0:
            raise broken.pop()
        return read(body, size)

    monkeypatch.setattr(Body, "read", breaks)
    assert flaw(store, FOLDER, run) == ""
    broken += [error] * 5
    with pytest.raises(Fault, match=r"it gives 0 of \d+ bytes of .*reset by peer"):
        flaw(store, FOLDER, run)


def test_a_store_that_gives_no_more_is_not_known_to_be_damaged(
    store: Store, archive: Bucket, run: Run
) -> None:
    content = tarred("tar.gz")
    archive.put(f"{FOLDER}data.tar.gz", content)

    def given(_: str) -> None:
        archive.cuts = 0 if archive.ranges else 40_000

    archive.on_get = given
    with pytest.raises(Fault) as caught:
        flaw(store, FOLDER, run)
    said = f"it gives 40000 of {len(content)} bytes of {FOLDER}data.tar.gz, and none after them;"
    assert said in str(caught.value)


def test_what_is_removed_meanwhile_is_not_called_sound(
    store: Store, archive: Bucket, run: Run
) -> None:
    with pytest.raises(Fault, match=f"{FOLDER} was removed meanwhile"):
        flaw(store, FOLDER, run)
    archive.put(f"{FOLDER}data.tar.gz", tarred("tar.gz"))
    archive.fails["get_object"] = ClientError("NoSuchKey")
    with pytest.raises(Fault, match=r"data.tar.gz was removed meanwhile"):
        flaw(store, FOLDER, run)


def test_it_ends_with_the_time_of_the_drill(store: Store, archive: Bucket, run: Run) -> None:
    archive.put(f"{FOLDER}data.tar.gz", tarred("tar.gz"))
    archive.on_get = lambda _: run.settings.update({"within_seconds": 0})  # type: ignore[attr-defined]  # a dict here
    with pytest.raises(Fault, match=f"deadline: it reads {FOLDER}data.tar.gz for longer than"):
        flaw(store, FOLDER, run)


def test_it_says_how_far_it_is(
    store: Store, archive: Bucket, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    content = tarred("tar")
    archive.put(f"{FOLDER}data.tar", content)
    archive.cuts = len(content) // 40
    assert flaw(store, FOLDER, run) == ""
    (line,) = capsys.readouterr().out.splitlines()
    assert line.endswith(f"of {len(content)} bytes of {FOLDER}data.tar are read")


@pytest.mark.parametrize(
    ("kind", "module"), [("tar.lz4", "lz4.frame"), ("tar.snappy", "snappy"), ("tar.zip", "")]
)
def test_what_the_image_cannot_decompress_is_not_known_to_be_damaged(
    store: Store,
    archive: Bucket,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    module: str,
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    archive.put(f"{FOLDER}data.{kind}", "x")
    said = f"the image with Python lacks {module}" if module else "compressed by what no base"
    with pytest.raises(Fault, match=said):
        flaw(store, FOLDER, run)


@pytest.mark.parametrize(("members", "size"), [(10_000, 0), (0, 128 << 20)], ids=["many", "large"])
def test_it_takes_a_few_megabytes(
    store: Store, archive: Bucket, run: Run, members: int, size: int
) -> None:
    """10,000 headers are 12 MB, and of zeros bzip2 makes 45 MB out of a hundred bytes."""
    archive.put(f"{FOLDER}data.tar.bz2", _zeros(members, size))
    tracemalloc.start()
    try:
        assert flaw(store, FOLDER, run) == ""
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()
