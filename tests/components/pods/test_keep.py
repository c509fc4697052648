"""What is kept of a restored database: the CA that clients trust, the lineage, old archives."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from components.pods import keep
from tests.apiserver import SECRETS, ApiServer
from tests.s3 import Bucket, ClientError

TRUSTED, ACTIVE = f"{SECRETS}/db-ca", f"{SECRETS}/db-g2-ca"
ORIGIN = {"source": 1, "store": "archive", "reason": "a row was lost"}
LINEAGE = "archive/db.lineage.json"
FIRST = {"number": 1, "server_name": "db", "state": "removed", "origin": None}
SECOND = {"number": 2, "server_name": "db-g2", "state": "active", "origin": ORIGIN}
OLD, YOUNG = (datetime.now(UTC) - timedelta(days=days) for days in (15, 13))


@pytest.fixture
def settings(stores: Mapping[str, Any], server: ApiServer) -> dict[str, Any]:
    """Those of a database whose second generation is active and whose first is removed."""
    server.put(TRUSTED, data={"ca.crt": "bmV3", "ca.key": "a2V5"})
    server.put(ACTIVE, data={"ca.crt": "bmV3", "ca.key": "a2V5"})
    return {
        "namespace": "ns",
        "trusted": "db-ca",
        "authority": "db-g2-ca",
        "removed": ["db"],
        "retention_days": 14,
        "lineage": "db.lineage.json",
        "generations": [FIRST, SECOND],
        "encrypted": True,
        **stores,
    }


def _noted(copies: Bucket) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(copies.objects[LINEAGE]["data"])["generations"]
    return found


def _note(copies: Bucket, *entries: Mapping[str, Any]) -> None:
    copies.put(LINEAGE, json.dumps({"generations": entries}))


def _failed(settings: Mapping[str, Any]) -> object:
    with pytest.raises(SystemExit) as ended:
        keep.main(settings)
    return ended.value.code


def _archive(bucket: Bucket, server: str, at: datetime) -> None:
    for key in (
        "base/b/backup.info",
        "base/a/data.tar",
        "base/a/backup.info",
        "wals/0/1",
        "wals/x",
    ):
        bucket.put(f"{server}/{key}", "there", at)


def test_clients_get_the_renewed_certificate_of_the_active_generation(
    settings: dict[str, Any], server: ApiServer
) -> None:
    server.objects[TRUSTED]["data"]["ca.crt"] = "b2xk"
    keep.main(settings)
    assert server.objects[TRUSTED]["data"] == {"ca.crt": "bmV3", "ca.key": "a2V5"}


def test_after_a_cluster_loss_clients_get_the_new_certificate_without_its_key(
    settings: dict[str, Any], server: ApiServer
) -> None:
    del server.objects[TRUSTED]
    keep.main(settings)
    assert server.objects[TRUSTED]["data"] == {"ca.crt": "bmV3"}


def test_the_first_cluster_keeps_its_ca_itself(settings: dict[str, Any], server: ApiServer) -> None:
    server.objects.clear()
    keep.main(settings | {"authority": "db-ca"})
    assert server.changed == []


def test_without_a_ca_of_cloudnative_pg_none_is_followed(
    settings: dict[str, Any], server: ApiServer
) -> None:
    del server.objects[ACTIVE]
    keep.main(settings | {"trusted": None})
    assert server.changed == []


def test_a_ca_that_is_not_there_yet_is_waited_for(
    settings: dict[str, Any], server: ApiServer, capsys: pytest.CaptureFixture[str]
) -> None:
    del server.objects[ACTIVE]
    assert _failed(settings) == 75
    assert "Secret db-g2-ca: it does not exist yet" in capsys.readouterr().err


def test_what_is_declared_is_noted_with_since_when(
    settings: dict[str, Any], copies: Bucket
) -> None:
    before = {**FIRST, "state": "active", "since": "before"}
    _note(copies, before, {**SECOND, "since": "before"})
    keep.main(settings)
    first, second = _noted(copies)
    assert first == {**FIRST, "since": first["since"]}
    assert (datetime.now(UTC) - datetime.fromisoformat(first["since"])).total_seconds() < 60
    assert second == {**SECOND, "since": "before"}
    assert copies.objects[LINEAGE]["encrypted"]


def test_what_is_noted_is_written_daily_as_the_store_removes_what_is_old(
    settings: dict[str, Any], copies: Bucket
) -> None:
    keep.main(settings)
    copies.objects[LINEAGE]["at"] -= timedelta(hours=13)
    copies.log.clear()
    keep.main(settings)
    assert f"put_object {LINEAGE}" in copies.log


def test_a_second_run_changes_nothing(
    settings: dict[str, Any], copies: Bucket, archive: Bucket, server: ApiServer
) -> None:
    _archive(archive, "db", OLD)
    keep.main(settings)
    for log in (copies.log, archive.log, server.changed):
        log.clear()
    keep.main(settings)
    assert server.changed == []
    assert {line.split()[0] for line in copies.log} == {"list_objects_v2", "get_object"}
    assert archive.log == ["list_objects_v2"]


@pytest.mark.parametrize(
    ("noted", "fault"),
    [
        ({**SECOND, "origin": {**ORIGIN, "source": 2}}, "generation 2 is noted with the origin"),
        ({**SECOND, "number": 3}, "generation 3 is noted and no longer declared"),
    ],
)
def test_a_lineage_that_says_otherwise_is_not_written_over(
    settings: dict[str, Any],
    copies: Bucket,
    archive: Bucket,
    capsys: pytest.CaptureFixture[str],
    noted: Mapping[str, Any],
    fault: str,
) -> None:
    _archive(archive, "db", OLD)
    _note(copies, {**noted, "since": "before"})
    before = copies.objects[LINEAGE]["data"]
    assert _failed(settings) == 1
    assert fault in capsys.readouterr().err
    assert copies.objects[LINEAGE]["data"] == before


def test_an_off_site_store_that_is_away_stops_nothing_else(
    settings: dict[str, Any], copies: Bucket, archive: Bucket, server: ApiServer
) -> None:
    del server.objects[TRUSTED]
    _archive(archive, "db", OLD)
    copies.fails["list_objects_v2"] = ClientError("SlowDown")
    assert _failed(settings) == 75
    assert TRUSTED in server.objects
    assert archive.objects == {}


def test_the_archive_of_a_removed_generation_goes_once_all_of_it_is_old(
    settings: dict[str, Any], archive: Bucket
) -> None:
    _archive(archive, "db", OLD)
    _archive(archive, "db-g2", OLD)
    keep.main(settings)
    assert {key.split("/")[0] for key in archive.objects} == {"db-g2"}


def test_one_young_object_keeps_the_archive_of_a_removed_generation(
    settings: dict[str, Any], archive: Bucket
) -> None:
    _archive(archive, "db", OLD)
    archive.put("db/wals/last", "there", YOUNG)
    keep.main(settings)
    assert len(archive.objects) == 6


def test_what_is_left_of_an_unfinished_deletion_lists_no_backup_and_goes_next_time(
    settings: dict[str, Any], archive: Bucket
) -> None:
    _archive(archive, "db", OLD)
    deletes = Bucket.do_delete_object
    left = 2

    def interrupted(**asked: Any) -> dict[str, Any]:
        nonlocal left
        left -= 1
        if left < 0:
            raise ClientError("SlowDown")
        return deletes(archive, **asked)

    vars(archive)["do_delete_object"] = interrupted
    assert _failed(settings) == 75
    assert sorted(archive.objects) == ["db/base/a/data.tar", "db/wals/0/1", "db/wals/x"]
    del vars(archive)["do_delete_object"]
    keep.main(settings)
    assert archive.objects == {}


def test_without_an_off_site_copy_nothing_is_noted(
    settings: dict[str, Any], copies: Bucket, archive: Bucket
) -> None:
    _archive(archive, "db", OLD)
    del settings["target"]
    keep.main(settings)
    assert (copies.objects, archive.objects) == ({}, {})
