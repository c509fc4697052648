"""What a restored generation's Cluster says of where it comes from."""

from collections.abc import Mapping
from typing import Any

import pytest

from components.postgres import RestoreSpec
from components.postgres.recovery import recovery_target
from tests import valid
from tests.recovery import by_name
from tests.support import declared

MOMENT = "2026-11-29T10:00:00.000000+00:00"


def _recovery(restored: RestoreSpec, **changes: Any) -> Any:
    databases = {"n8n": valid.database(generations=[restored], **changes)}
    manifests = by_name(declared(valid.environment(databases=databases)))
    return manifests["Cluster", "n8n-postgres-g2"]["spec"]["bootstrap"]["recovery"]


def _volume(name: str) -> Mapping[str, str]:
    return {"name": name, "kind": "VolumeSnapshot", "apiGroup": "snapshot.storage.k8s.io"}


@pytest.mark.parametrize(
    ("changes", "target"),
    [
        ({}, None),
        ({"time": MOMENT}, {"targetTime": MOMENT}),
        ({"before_xid": 777}, {"targetXID": "777", "exclusive": True}),
    ],
)
def test_a_snapshot_is_what_a_recovery_starts_from_and_wal_comes_from_the_archive(
    changes: dict[str, Any], target: object
) -> None:
    found = _recovery(valid.restore(snapshot="monday", **changes))
    assert found["volumeSnapshots"] == {"storage": _volume("monday")}
    assert found["source"] == "n8n-postgres"
    assert found.get("recoveryTarget") == target


def test_the_wal_volume_has_its_own_snapshot() -> None:
    restored = valid.restore(snapshot="monday", wal_snapshot="monday-wal")
    found = _recovery(restored, wal_storage="2Gi")
    assert found["volumeSnapshots"] == {
        "storage": _volume("monday"),
        "walStorage": _volume("monday-wal"),
    }


def test_a_generation_that_is_active_keeps_its_snapshot_when_wal_volumes_come_later() -> None:
    restored = valid.restore(snapshot="monday")
    found = _recovery(restored, wal_storage="2Gi", active=2)
    assert found["volumeSnapshots"] == {"storage": _volume("monday")}


def test_without_a_snapshot_none_is_named() -> None:
    assert "volumeSnapshots" not in _recovery(valid.restore())


def test_a_transaction_starts_from_its_base_backup_where_there_is_no_snapshot() -> None:
    restored = valid.restore(before_xid=777, backup="20261129T020000")
    assert recovery_target(restored)["backupID"] == "20261129T020000"


@pytest.mark.parametrize(
    ("changes", "target"),
    [
        ({"backup": "20261129T020000"}, {"targetImmediate": True}),
        ({"backup": "20261129T020000", "latest": True}, {}),
        ({"backup": "20261129T020000", "time": MOMENT}, {"targetTime": MOMENT}),
    ],
)
def test_a_named_base_backup_is_the_end_only_where_nothing_else_is(
    changes: dict[str, Any], target: dict[str, Any]
) -> None:
    found = recovery_target(valid.restore(**changes))
    assert found == {"backupID": "20261129T020000"} | target
