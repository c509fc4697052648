"""Environments of one checkout that would take something from each other."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from components.spec import drafting
from stacks.check import InvalidEnvironment, load, loading
from tests import valid
from tests.support import to_module

OTHER_CLUSTER = {"context": "staging"}
OTHER_BUCKET = {"offsite.bucket": "staging-archives"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of environments with one in it: production."""
    monkeypatch.setattr(loading, "_HERE", tmp_path)
    to_module(valid.edited("production"), tmp_path / "production.py")
    return tmp_path


def _add_staging(folder: Path, changes: Mapping[str, object]) -> None:
    """Write an environment `staging` to *folder*: production with *changes*, which may be wrong."""
    with drafting():
        to_module(valid.edited("production", changes), folder / "staging.py")


def _said(name: str) -> list[str]:
    try:
        load(name)
    except InvalidEnvironment as error:
        return str(error).splitlines()
    return []


def test_two_environments_do_not_archive_to_one_place_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "_HERE", tmp_path)
    to_module(valid.elsewhere(), tmp_path / "one.py")
    to_module(valid.elsewhere({"context": "other"}), tmp_path / "two.py")
    assert _said("one") == [
        "databases.n8n.backup.bucket: s3://archives/clusters/homelab/n8n-postgres/ is also the "
        "archive of two's databases.n8n; write another bucket or another path"
    ]
    bucket = {"databases.n8n.backup.bucket": valid.existing_bucket(path="clusters/other")}
    to_module(valid.elsewhere({"context": "other", **bucket}), tmp_path / "two.py")
    assert _said("one") == []


def test_two_environments_on_one_cluster_are_both_refused(folder: Path) -> None:
    _add_staging(folder, OTHER_BUCKET)
    for name, other in (("staging", "production"), ("production", "staging")):
        assert _said(name) == [
            f"context: 'production' is also the cluster of {other}, and both would own the same "
            "objects; write the context of another cluster"
        ]


def test_two_environments_that_copy_to_one_place_are_both_refused(folder: Path) -> None:
    _add_staging(folder, OTHER_CLUSTER)
    for name, other in (("staging", "production"), ("production", "staging")):
        assert _said(name) == [
            "offsite.bucket: the copies of databases.orders would mix with those of "
            f"{other}'s databases.orders; write another bucket"
        ]


def test_environments_with_a_cluster_and_a_bucket_each_are_sound(folder: Path) -> None:
    _add_staging(folder, OTHER_CLUSTER | OTHER_BUCKET)
    assert _said("production") == _said("staging") == []


def test_one_with_faults_of_its_own_keeps_no_other_from_being_deployed(folder: Path) -> None:
    _add_staging(folder, {"databases.orders.backup.schedule": "x 0 */6 * * *"})
    assert _said("production") == []
    assert [line.partition(":")[0] for line in _said("staging")] == [
        "databases.orders.backup.schedule"
    ]
