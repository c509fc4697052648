"""Scenarios 2 and 3, both methods crossed, and a failover before the sentinel: restores beside.

Each restores into a Cluster of its own beside the environment's: one to three minutes each on a
quiet machine.
"""

import re
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.lab.conftest import Claim
from tools import Fault, kube
from tools.lab.databases.archives import Method
from tools.lab.databases.deployed import Deployed

_ROWS = "select count(*), coalesce(md5(string_agg(id || word, ',' order by id)), '') from members"
_IDENTITY = (
    "select system_identifier, timeline_id from pg_control_system(), pg_control_checkpoint()"
)


def _fill(database: Deployed) -> None:
    """Make the table `members` anew with a backup after its first rows and more rows after it."""
    database.sql(
        "drop table if exists members; create table members as"
        " select g as id, md5(g::text) as word from generate_series(1, 1000) g"
    )
    database.back_up(f"{database.name}-{int(time.time())}")
    database.sql("insert into members select g, 'later' from generate_series(1001, 1500) g")


@pytest.mark.smoke
@pytest.mark.group("n8n")
def test_scenario_2_a_point_in_time_is_restored(n8n: Deployed, claim: Claim) -> None:
    _fill(n8n)
    wanted = n8n.sql(_ROWS)
    time.sleep(1)
    target = n8n.now()
    time.sleep(1)
    n8n.sql("insert into members values (9999, 'too late'); drop table members")
    n8n.archive_now()
    with n8n.restored("n8n-pitr", target={"targetTime": target}) as (restored, seconds):
        assert restored.sql(_ROWS) == wanted
        assert restored.sql("select count(*) from members where id = 9999") == "0"
    claim("restore to a point in time, to healthy", seconds, "s")


@pytest.mark.group("n8n")
def test_scenario_2_a_target_after_the_last_commit_is_refused_beforehand(
    n8n: Deployed, claim: Claim, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill(n8n)
    n8n.sql("insert into members values (9998, 'last')")
    wanted = n8n.sql(_ROWS)
    committed = datetime.fromisoformat(n8n.now())
    n8n.archive_now()
    began = time.monotonic()
    found = n8n.window()
    took = time.monotonic() - began
    assert found.earliest < committed < found.latest, "the last archived row is outside the window"

    made: list[str] = []
    apply = n8n.lab.apply

    def watched(new: list[kube.Manifest]) -> None:
        made.extend(one["kind"] for one in new)
        apply(new)

    with monkeypatch.context() as patched:
        patched.setattr(n8n.lab, "apply", watched)
        future = str(datetime.now(UTC) + timedelta(minutes=5))
        refused = rf"targetTime {re.escape(future)}: no archived transaction .* latest possible"
        with (
            pytest.raises(Fault, match=refused),
            n8n.restored("n8n-refused", target={"targetTime": future}),
        ):
            pass
    assert made == ["Pod"], "something beside the look into the archive was made"
    for target, why in {
        str(found.latest + timedelta(microseconds=1)): str(found.latest),
        str(found.latest.replace(tzinfo=None)): "no time zone",
        str(found.earliest - timedelta(microseconds=1)): "the end of the oldest base backup",
    }.items():
        with pytest.raises(Fault, match=re.escape(why)):
            found.checked(target)

    latest = {"targetTime": str(found.latest)}
    with n8n.restored("n8n-latest", target=latest) as (restored, seconds):
        assert restored.sql(_ROWS) == wanted
    claim("look into the archive", took, "s")
    lag = (found.latest - committed).total_seconds()
    claim("latest restorable time after the last archived row", lag, "s")
    claim("restore to the latest restorable time, to healthy", seconds, "s")


@pytest.mark.parametrize(
    ("role", "by"),
    [
        pytest.param("n8n", "in-tree", marks=pytest.mark.group("n8n")),
        pytest.param("legacy", "plugin", marks=pytest.mark.group("legacy")),
    ],
)
def test_an_archive_of_one_method_is_restored_by_the_other(
    n8n: Deployed, legacy: Deployed, role: str, by: Method, claim: Claim
) -> None:
    source = {"n8n": n8n, "legacy": legacy}[role]
    _fill(source)
    wanted = source.sql(_ROWS)
    source.archive_now()
    with source.restored(f"{role}-crossed", method=by) as (restored, seconds):
        assert restored.sql(_ROWS) == wanted
    assert source.archive
    claim(f"written {source.archive.method}, restored {by}", seconds, "s")


@pytest.mark.group("legacy")
def test_scenario_3_one_database_is_restored_and_the_other_is_not_touched(
    n8n: Deployed, legacy: Deployed, claim: Claim
) -> None:
    _fill(legacy)
    wanted = legacy.sql(_ROWS)
    legacy.archive_now()
    other = "create table if not exists untouched as select 1 as id; select * from untouched"
    rows, identity = n8n.sql(other), n8n.sql(_IDENTITY)
    pods = n8n.started()
    with legacy.restored("legacy-again", method="in-tree") as (restored, seconds):
        assert restored.sql(_ROWS) == wanted
        assert n8n.sql("select * from untouched") == rows
    assert n8n.sql(_IDENTITY) == identity
    assert n8n.started() == pods
    claim("one of two restored", seconds, "s")


@pytest.mark.group("timelines")
def test_a_failover_between_base_backup_and_sentinel_is_restored_through(
    n8n: Deployed, claim: Claim
) -> None:
    with n8n.copied("n8n-timeline", 2) as database:
        database.wait_archiving()
        _fill(database)
        before = int(database.sql("select timeline_id from pg_control_checkpoint()"))
        old = database.status()["currentPrimary"]
        database.lab.kube.delete("v1", "Pod", old, database.namespace)
        database.wait("failed over", lambda status: status["currentPrimary"] != old)
        database.wait_healthy(2)
        database.sql("create table sentinel as select 'after the failover' as word; checkpoint")
        database.archive_now()
        after = int(database.sql("select timeline_id from pg_control_checkpoint()"))
        assert after > before
        with database.restored("n8n-timeline-back") as (restored, seconds):
            assert restored.sql("select word from sentinel") == "after the failover"
            assert restored.sql("select count(*) from members") == "1500"
        claim(f"restored across timelines {before} to {after}", seconds, "s")
