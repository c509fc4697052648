"""Which alerts a database has; tests/engine/test_alerts.py fires them."""

from typing import Any

import pytest

from components.postgres.alerts import alerts
from tests import valid

OF_REPLICAS = {"ReplicasMissing", "ReplicationLags"}


def _expressions(**changes: Any) -> dict[str, str]:
    return {it.name: it.expression for it in alerts(valid.database(**changes))}


def test_what_a_database_lacks_has_no_alert() -> None:
    one, all_ = _expressions(instances=1), _expressions(instances=3, wal_storage="5Gi")
    assert all_.keys() - one.keys() == OF_REPLICAS | {"WalVolumeFull"}


@pytest.mark.parametrize(
    ("method", "metric"),
    [
        ("plugin", "barman_cloud_cloudnative_pg_io_last_available_backup_timestamp"),
        ("in-tree", "cnpg_collector_last_available_backup_timestamp"),
    ],
)
def test_backups_are_measured_by_who_makes_them(method: str, metric: str) -> None:
    """With the plugin CloudNativePG's metrics stay 0, and in-tree there is no plugin."""
    found = _expressions(backup=valid.backup(method=method))
    for name in ("BackupNever", "BackupOld", "BackupFailed"):
        assert metric in found[name]
    assert ("barman" in found["DatabaseUnknown"]) is (method == "plugin")


def test_a_base_backup_is_late_by_its_own_schedule() -> None:
    weekly = _expressions(backup=valid.backup(schedule="0 2 * * 0"))
    assert weekly["BackupOld"].endswith(f"> {7 * 24 * 3600 + 7200}")


@pytest.mark.parametrize(("segment", "waiting"), [(16, 5), (32, 2), (64, 2), (128, 2)])
def test_larger_segments_alert_while_fewer_of_them_wait(segment: int, waiting: int) -> None:
    large = _expressions(wal_segment=segment, parameters={"max_wal_size": "2GB"})
    assert large["WalPilesUp"].endswith(f"> {waiting}")


def test_alerts_are_on_the_active_generation_alone() -> None:
    (spec,) = valid.restored().databases.values()
    assert spec.current.cluster != spec.cluster
    for it in alerts(spec):
        assert f'cnpg_io_cluster="{spec.cluster}"' not in it.expression
        assert spec.current.cluster in it.expression
