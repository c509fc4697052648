"""WAL is read as barman has compressed it, and what is damaged is said."""

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from components.pods.s3 import Fault, Store
from components.pods.segments import Archived
from tests.components.pods.conftest import SETTINGS, Archive

_KEY = "db/wals/0000000100000000/000000010000000000000003"
_WAL = b"wal " * (1 << 18)


def _opened() -> Archived:
    store = Store("source", SETTINGS)
    return Archived(store, store.listed("db/wals/"))


@pytest.mark.parametrize(
    ("suffix", "compress"),
    [("", bytes), (".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)],
)
def test_a_segment_is_fetched_as_it_was_written(
    wal_archive: Callable[..., Archive],
    tmp_path: Path,
    suffix: str,
    compress: Callable[[bytes], bytes],
) -> None:
    made = wal_archive()
    made.objects[f"{_KEY}.partial{suffix}"] = b"a part"
    made.objects[f"{_KEY}.00000028.backup{suffix}"] = b"a label"
    made.objects[f"{_KEY}{suffix}"] = compress(_WAL)
    path = _opened().fetch("000000010000000000000003", len(_WAL), tmp_path)
    assert path.read_bytes() == _WAL


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (gzip.compress(_WAL)[:-9], "holds"),
        (gzip.compress(_WAL[:-4]), "holds 1048572 bytes of WAL, not 1048576; recovery stops there"),
        (b"no gzip", "is damaged (Error -3 while decompressing data"),
    ],
    ids=["cut off", "too short", "no gzip"],
)
def test_a_damaged_segment_is_a_sentence(
    wal_archive: Callable[..., Archive], tmp_path: Path, content: bytes, said: str
) -> None:
    made = wal_archive()
    made.objects[f"{_KEY}.gz"] = content
    with pytest.raises(Fault) as caught:
        _opened().fetch("000000010000000000000003", len(_WAL), tmp_path)
    assert f"{_KEY}.gz {said}" in str(caught.value)


def test_a_segment_that_retention_takes_meanwhile_is_a_sentence(
    wal_archive: Callable[..., Archive], tmp_path: Path
) -> None:
    made = wal_archive()
    made.objects[_KEY] = _WAL
    opened = _opened()
    made.objects.clear()
    with pytest.raises(Fault, match="was removed meanwhile; run it again"):
        opened.fetch("000000010000000000000003", len(_WAL), tmp_path)


def test_an_image_without_a_library_is_a_sentence(
    wal_archive: Callable[..., Archive], tmp_path: Path
) -> None:
    made = wal_archive()
    made.objects[f"{_KEY}.zst"] = b"zstd"
    with pytest.raises(Fault, match="the image with Python lacks zstandard; use the plugin's"):
        _opened().fetch("000000010000000000000003", len(_WAL), tmp_path)


def test_a_history_is_read_and_one_that_is_not_there_is_empty(
    wal_archive: Callable[..., Archive],
) -> None:
    made = wal_archive()
    made.history(2, (1, 0x4000158))
    opened = _opened()
    assert opened.history(2) == "1\t0/4000158\tno target\n"
    assert opened.history(3) == ""
