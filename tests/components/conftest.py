"""What the tests of several programs need."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from components.pods import s3
from tests.apiserver import server
from tests.drills import world
from tests.s3 import Bucket

__all__ = ["archive", "copies", "server", "stores", "world"]


@pytest.fixture
def archive() -> Bucket:
    """The bucket of the archive, whose keys may delete."""
    bucket = Bucket()
    bucket.may_delete = True
    return bucket


@pytest.fixture
def copies() -> Bucket:
    """The bucket of the off-site copy."""
    return Bucket()


@pytest.fixture
def stores(
    archive: Bucket, copies: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Mapping[str, str]]:
    """Settings of both stores, which lead to these buckets."""
    for name in ("source", "target"):
        (tmp_path / name).mkdir()
        for key in ("access", "secret"):
            (tmp_path / name / key).write_text(f"{name} {key}")
    monkeypatch.setattr(s3, "KEYS", tmp_path)

    def connect(settings: Mapping[str, str], keys: tuple[str, str], _: object) -> Bucket:
        assert keys[0].split()[0] in settings["endpoint"], "the keys of the other store"
        return archive if settings["bucket"] == "archive" else copies

    monkeypatch.setattr(s3, "connect", connect)
    place = {"region": "r", "keys": "Secret keys", "access": "A", "secret": "S"}
    return {
        "source": place | {"endpoint": "https://source", "bucket": "archive", "prefix": ""},
        "target": place | {"endpoint": "https://target", "bucket": "copies", "prefix": "archive/"},
    }
