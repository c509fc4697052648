"""Promises broken on purpose: what the real system does then, and what of ours notices.

Each breaks a copy of the environment's database, and its own archive: two to five minutes each on
a quiet machine.
"""

import time

import pytest

from components.pods.wal import missing_segments
from tests.lab.conftest import Claim
from tools import Fault, kube
from tools.lab import pods
from tools.lab.databases.archives import delete, objects
from tools.lab.databases.deployed import Deployed
from tools.lab.operators import plugin

pytestmark = pytest.mark.group("n8n")

UNREACHED = "recovery ended before configured recovery target was reached"


@pytest.mark.parametrize(
    "role",
    [
        pytest.param("n8n", marks=pytest.mark.group("reused")),
        pytest.param("legacy", marks=pytest.mark.group("legacy")),
    ],
)
def test_a_database_started_on_the_archive_of_another_is_refused_and_writes_nothing(
    n8n: Deployed, legacy: Deployed, role: str, claim: Claim
) -> None:
    """A lost database is deployed again: empty, under the name that its archive has."""
    with {"n8n": n8n, "legacy": legacy}[role].copied(f"{role}-reused", 1) as database:
        assert database.archive
        place = (database.lab, database.namespace, database.archive, f"{database.name}/")
        database.wait_archiving()
        database.archive_seen()
        spec = database.declared()
        database.delete()
        secret = f"/api/v1/namespaces/{database.namespace}/secrets/{database.name}-ca"
        database.lab.wait("its Secrets gone", lambda: database.lab.get(secret) is None)
        kept = objects(*place)
        database.lab.apply([database.manifest(spec)])
        database.wait_healthy(1)
        said = database.wait_refused()
        database.sql(
            "select pg_logical_emit_message(true, 'tier0', 'again'); select pg_switch_wal()"
        )
        tries = int(database.sql("select failed_count from pg_stat_archiver"))
        database.lab.wait(
            "WAL refused again",
            lambda: int(database.sql("select failed_count from pg_stat_archiver")) > tries,
        )
        container = "postgres" if database.archive.method == "in-tree" else "plugin-barman-cloud"
        assert "Expected empty archive" in database.log(container)
        assert objects(*place) == kept, "the archive of another database was written to"
        assert database.condition("Ready") == "True"
    claim("objects of the other archive, untouched", len(kept), "")
    claim("ContinuousArchiving is False, Ready True", said[:120], "")


def test_a_deleted_wal_segment_is_named_by_the_listing_and_no_target_after_it_is_reached(
    n8n: Deployed, claim: Claim
) -> None:
    with n8n.copied("n8n-holed", 1) as database:
        assert database.archive
        place = (database.lab, database.namespace, database.archive)
        database.wait_archiving()
        database.sql("create table marks (word text)")
        database.back_up(f"{database.name}-base")
        _mark(database, "before")
        deleted = _mark(database, "in the hole")
        _mark(database, "after")
        target = database.now()
        last = _mark(database, "too late")
        listed = objects(*place, f"{database.name}/")
        assert missing_segments(listed, last) == []
        delete(*place, next(key for key in listed if f"/{deleted}" in key))
        missing = missing_segments(objects(*place, f"{database.name}/"), last)
        assert missing == [deleted]
        with pytest.raises(Fault, match="no archived transaction ended after it"):
            database.window().checked(target)
        began = time.monotonic()
        with (
            database.restoring(f"{database.name}-silent") as silent,
            database.restoring(f"{database.name}-loud", target={"targetTime": target}) as loud,
        ):
            kube.wait(
                "the restore refused",
                lambda: UNREACHED in loud.recovery_log(),
                lambda: loud.recovery_log()[-400:],
                300,
            )
            refused = time.monotonic() - began
            assert loud.status().get("readyInstances", 0) == 0
            silent.wait_healthy(1)
            there = silent.sql("select string_agg(word, ', ') from marks")
    assert there == "before", "what protects a restore without a target is the listing alone"
    claim("missing by the listing", ", ".join(missing), "")
    claim("a target after the hole is refused", refused, "s")
    claim("committed rows lost in silence without a target", 3, "of 4")


def _mark(database: Deployed, word: str) -> str:
    """Commit a row and have its WAL segment archived; return the segment's name."""
    row = f"copy marks from program 'echo {word}'"
    segment = database.sql(f"{row}; select pg_walfile_name(pg_current_wal_insert_lsn())")
    database.archive_now()
    return segment


def test_without_a_designated_archiver_wal_is_dropped_and_only_a_look_at_the_bucket_tells(
    n8n: Deployed, claim: Claim
) -> None:
    """The plugin's socket is away, and `isWALArchiver` is all that differs."""
    with n8n.copied("n8n-dropped", 1) as database:
        assert database.archive
        database.wait_archiving()
        database.archive_seen()
        place = (database.namespace, database.status()["currentPrimary"], "postgres")
        pods.execute(database.lab, place, ["rm", f"/plugins/{plugin.NAME}"])
        database.sql(
            "select pg_logical_emit_message(true, 'tier0', 'away'); select pg_switch_wal()"
        )
        said = database.wait_refused()
        spec = database.declared()
        spec["plugins"][0]["isWALArchiver"] = False
        database.lab.apply([database.manifest(spec)])
        database.wait_archiving()
        with pytest.raises(Fault, match=r"has archived .* and bucket .* has it not"):
            database.archive_seen()
        assert database.condition("ContinuousArchiving") == "True"
        last = database.sql("select last_archived_wal from pg_stat_archiver")
        found = objects(database.lab, database.namespace, database.archive, f"{database.name}/")
    dropped = missing_segments(found, last)
    assert dropped
    claim("isWALArchiver on: ContinuousArchiving is False", said[:120], "")
    claim("off: ContinuousArchiving is True, segments dropped", len(dropped), "")
