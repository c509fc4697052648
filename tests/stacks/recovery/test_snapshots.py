"""A snapshot can be started from if it is whole, ready, and its WAL is archived."""

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from stacks.cluster import Answer, ClusterClient, Refused
from stacks.recovery.archives import archives
from stacks.recovery.snapshots import Snapshot, snapshots
from stacks.recovery.ways import ways
from stacks.recovery.window import Survey
from tests.stacks.recovery.volume_snapshots import volume_snapshots
from tests.valid import database, environment

ENDED = "2026-11-28T02:05:00Z"


class Cluster:
    """An API server with VolumeSnapshots."""

    def __init__(self, *held: dict[str, Any], refuses: bool = False) -> None:
        self.held, self.refuses = held, refuses

    def objects(self, version: str, kind: str, namespace: str, *, labels: str) -> list[Any]:
        asked = (version, kind, namespace, labels)
        expected = ("snapshot.storage.k8s.io/v1", "VolumeSnapshot", "n8n-prod")
        assert asked == (*expected, "cnpg.io/cluster=n8n-postgres")
        if self.refuses:
            raise Refused("volumesnapshots", Answer(403, "it is forbidden"))
        return [*self.held]


def _found(*held: dict[str, Any], with_wal: bool = False, refuses: bool = False) -> list[Snapshot]:
    (archive,) = archives(environment(), "n8n")
    cluster = cast("ClusterClient", Cluster(*held, refuses=refuses))
    return snapshots(cluster, archive, with_wal=with_wal)


def test_a_hot_one_begins_where_its_backup_label_says() -> None:
    (found,) = _found(*volume_snapshots("a", ENDED, wal=True), with_wal=True)
    assert found.start == "000000010000000000000008"
    assert found.fields == {"snapshot": "a", "wal_snapshot": "a-wal"}
    assert (found.system, found.lacks) == ("77", "")


def test_a_cold_one_begins_where_pg_control_says() -> None:
    (found,) = _found(*volume_snapshots("a", ENDED, start="000000010000000000000007", online=False))
    assert found.start == "000000010000000000000007"
    assert found.fields == {"snapshot": "a"}


def test_its_end_is_never_earlier_than_it_was() -> None:
    (found,) = _found(*volume_snapshots("a", "2026-11-28T02:04:59Z"))
    assert found.ended.isoformat() == "2026-11-28T02:05:00+00:00"


def test_they_come_in_the_order_of_their_ends() -> None:
    newer = volume_snapshots("a", "2026-11-28T04:00:00+02:00")
    found = _found(*newer, *volume_snapshots("b", "2026-11-28T01:00:00Z"))
    assert [it.name for it in found] == ["b", "a"]


@pytest.mark.parametrize("status", [None, {}, {"readyToUse": False}])
def test_one_that_is_not_ready_is_left_out(status: object) -> None:
    (one,) = volume_snapshots("a", ENDED)
    assert _found({**one, "status": status}) == []


def test_one_whose_backup_is_not_complete_is_left_out() -> None:
    (one,) = volume_snapshots("a", ENDED)
    del one["metadata"]["annotations"]["cnpg.io/backupEndTime"]
    assert _found(one) == []


def test_what_somebody_else_made_is_left_out() -> None:
    metadata = {"name": "by-hand", "labels": {"cnpg.io/cluster": "n8n-postgres"}}
    assert _found({"metadata": metadata, "status": {"readyToUse": True}}) == []


def test_where_they_are_not_shown_there_are_none_and_it_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert _found(refuses=True) == []
    assert "snapshots of n8n-postgres are left out: volumesnapshots" in capsys.readouterr().err


WINDOW = {
    "earliest": "2026-11-01T00:00:00+00:00",
    "latest": "2026-11-29T12:00:00+00:00",
    "backups": ["b"],
    "timeline": 1,
    "last_wal": "000000010000000000000042",
    "overlaps": [],
    "starts": ["000000010000000000000008"],
}
BACKUP = {
    "id": "b",
    "end": "2026-11-01T00:00:00+00:00",
    "timeline": 1,
    "fault": None,
    "system": "77",
}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, ""),
        ({"wal": False}, "a snapshot of its WAL volume is missing"),
        (
            {"start": "000000010000000000000005"},
            "its WAL 000000010000000000000005 is not in what can be restored",
        ),
    ],
)
def test_what_makes_one_unusable_is_said(change: dict[str, Any], why: str) -> None:
    held = volume_snapshots("a", ENDED, **{"wal": True, **change})
    found = _found(*held, with_wal=True)
    survey = Survey({"windows": [WINDOW], "backups": [BACKUP]}, found)
    assert survey.unusable(*found) == why


def test_one_from_before_a_major_upgrade_is_not_of_this_archive() -> None:
    found = _found(*volume_snapshots("a", ENDED))
    survey = Survey({"windows": [WINDOW], "backups": [{**BACKUP, "system": "78"}]}, found)
    assert survey.unusable(*found) == (
        "it is of another database system than the archive's base backups"
    )


def test_one_from_before_a_gap_restores_nothing_after_it() -> None:
    found = _found(*volume_snapshots("a", ENDED))
    after = {**WINDOW, "backups": ["c"], "starts": []}
    backups = [BACKUP, {**BACKUP, "id": "c"}]
    survey = Survey({"windows": [WINDOW, after], "backups": backups}, found)
    moment = datetime(2026, 11, 29, 12, tzinfo=UTC)
    assert survey.snapshot_at("b", moment) == found[0]
    assert survey.snapshot_at("c", moment) is None
    _, why = ways(database(), survey, "c", moment)
    assert why == "from no snapshot: the newest is a, and recovery from it ends before"
