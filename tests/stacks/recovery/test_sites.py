"""A site that follows another one restores nothing: it is restored where it is written."""

from pathlib import Path

import pytest

from components.spec import drafting
from stacks.check import load
from stacks.command import Fault
from stacks.recovery.alone import restore_alone
from tests import valid
from tests.stacks.recovery.test_restore import LIVES, Cluster, _arguments, _planned
from tests.support import to_module

SAID = (
    "databases.n8n: it follows the other site; restore there; to follow it again add FollowSpec to "
    "generations (docs/second-site.md)"
)


@pytest.fixture
def south(tmp_path: Path) -> str:
    """Return the file of an environment whose database follows another site."""
    path = tmp_path / "south.py"
    with drafting():
        to_module(valid.environment(databases={"n8n": valid.following()}), path)
    return str(path)


@pytest.mark.parametrize("given", [["n8n"], ["n8n", "--at-once"]], ids=["one", "at once"])
def test_a_replica_is_not_restored(
    given: list[str], south: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Path(south).read_text()
    with pytest.raises(Fault) as refused:
        _planned(monkeypatch, LIVES, "restore", south, *given, "--to", "latest")
    assert str(refused.value) == SAID
    assert Path(south).read_text() == before


def test_after_the_loss_of_the_cluster_a_replica_follows_again_and_the_others_are_restored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "south.py"
    databases = {"n8n": valid.following(), "shop": valid.database("shop")}
    with drafting():
        to_module(valid.environment(databases=databases), path)
    given = ["restore", str(path), "--all", "--from", "archive", "--to", "latest"]
    planned, _ = _planned(monkeypatch, Cluster(), *given)
    after = load(str(path), planned.text).databases
    follower, restored = after["n8n"].current, after["shop"].current
    assert (follower.number, restored.number) == (3, 2)
    assert [it.follows and it.follows.server_name for it in (follower, restored)] == [
        "n8n-north",
        None,
    ]
    assert [it.restored and it.restored.source for it in (follower, restored)] == [None, 1]
    assert (after["n8n"].removed, after["shop"].removed) == ([1, 2], [1])
    assert (
        "databases.n8n: it is restored from the other site's n8n-north, and follows it again"
        in planned.notes
    )


def test_no_database_of_a_replica_is_replaced(south: str) -> None:
    given = _arguments("restore", south, "n8n", "--database", "app", "--to", "latest")
    with pytest.raises(Fault) as refused:
        restore_alone(load(south), given)
    assert str(refused.value) == SAID
