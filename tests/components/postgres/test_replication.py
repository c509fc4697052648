"""Synchronous replication: what a commit waits for, as CloudNativePG is told."""

from pathlib import Path
from typing import Any

import pytest

from stacks.check import load
from tests.support import declared


@pytest.fixture
def postgresql(homelab_with: Any) -> Any:
    def declare(instances: str) -> Any:
        path: Path = homelab_with(
            ("instances=2", instances),
            (
                "from stacks",
                "from components.postgres import SynchronousSpec\nfrom stacks",
            ),
        )
        found = declared(load(str(path))).manifests()
        return next(m["spec"]["postgresql"] for m in found if m["kind"] == "Cluster")

    return declare


def test_no_commit_waits_unless_it_is_asked_for(postgresql: Any) -> None:
    assert "synchronous" not in postgresql("instances=3")


@pytest.mark.parametrize(("durability", "instances"), [("required", 3), ("preferred", 2)])
def test_a_commit_waits_for_one_replica_and_what_is_required_is_never_promoted_away(
    postgresql: Any, durability: str, instances: int
) -> None:
    spec = f"SynchronousSpec(durability={durability!r})"
    found = postgresql(f"instances={instances}, synchronous={spec}")
    assert found["synchronous"] == {
        "method": "any",
        "number": 1,
        "dataDurability": durability,
        "failoverQuorum": durability == "required",
    }


@pytest.mark.parametrize(("durability", "quorum"), [("required", "False"), ("preferred", "True")])
def test_what_a_failover_asks_for_can_be_chosen_against_the_durability(
    postgresql: Any, durability: str, quorum: str
) -> None:
    spec = f"SynchronousSpec(durability={durability!r}, failover_quorum={quorum})"
    found = postgresql(f"instances=3, synchronous={spec}")
    assert found["synchronous"]["failoverQuorum"] is (quorum == "True")
