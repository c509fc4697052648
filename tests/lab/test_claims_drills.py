"""Drills: three depths on schedule and by hand, and each fault by its verdict and its rung.

They restore the environment's database n8n, one to two minutes for each restore on a quiet machine.
"""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from components.pods.evidence import Evidence
from components.postgres.drills import DRILLS_NAMESPACE, DrillsSpec
from tests import valid
from tests.lab import reading
from tests.lab.conftest import COPIES, MODULE, Claim
from tests.lab.drilling import ROLE, Drilling, why
from tests.support import to_module
from tools import Fault
from tools.lab.databases import archives
from tools.lab.databases.environment import Environment
from tools.lab.offsite.store import Offsite

pytestmark = [pytest.mark.own_parts("off-site store"), pytest.mark.group("n8n")]


def _proved(found: Evidence) -> dict[str, str]:
    return {proof.name: proof.outcome for proof in found.proofs}


@pytest.mark.parametrize("which", ["archive", "offsite"])
def test_a_drill_by_hand_restores_each_store_and_brings_the_newest_nonce_back(
    drilling: Drilling, which: str, claim: Claim
) -> None:
    before = drilling.database.started()
    status, found = drilling.run("--depth", "restore", "--from", which)
    assert (status, found.verdict, found.rung) == (0, "passed", "yours"), why(found)
    assert set(_proved(found).values()) <= {"proved"}, why(found)
    assert (found.store, found.database) == (which, ROLE)
    assert found.restore_seconds is not None
    assert found.archived_seconds is not None
    claim(f"restore from the {which}, to the first query", found.restore_seconds, "s")
    claim(f"the nonce's commit, until the {which} had it", found.archived_seconds, "s")
    claim(f"of the {which}", found.bounded_by, "")
    assert drilling.left() == []
    assert drilling.database.started() == before, "an instance of the database was touched"
    assert drilling.recorded("restore")["id"] == found.id


def test_a_deep_drill_reads_every_page(drilling: Drilling, claim: Claim) -> None:
    status, found = drilling.run("--depth", "deep", "--from", "archive")
    assert (status, found.verdict, found.rung) == (0, "passed", "yours"), why(found)
    claim("deep drill, begin to end", _seconds(found), "s")
    assert found.rows["n8n.public.drilled"] == 1000
    assert {"data checksums", "amcheck"} & {*_proved(found)}, why(found)


def _seconds(found: Evidence) -> float:
    ended, begun = (datetime.fromisoformat(it) for it in (found.ended, found.begun))
    return (ended - begun).total_seconds()


def test_a_moment_is_restored_without_what_came_later(drilling: Drilling) -> None:
    _, first = drilling.run("--depth", "look")
    assert first.latest
    status, found = drilling.run("--from", "archive", "--to", first.latest)
    assert (status, found.verdict) == (0, "passed"), why(found)
    assert found.target == first.latest


def test_what_is_watched_agrees_with_the_window_and_with_the_drills(drilling: Drilling) -> None:
    drilling.database.sql("insert into drilled values (0)")
    drilling.database.archive_now()
    _, found = drilling.run("--depth", "look", "--from", "archive")
    assert found.latest
    latest = datetime.fromisoformat(found.latest).timestamp()
    named = {"database": ROLE, "store": "archive"}

    def agrees() -> bool:
        said = drilling.metric("latest_restorable_timestamp_seconds", **named)
        return said is not None and abs(said - latest) < 0.001

    drilling.lab.wait("the metric says what the look found", agrees, 120)
    assert drilling.metric("behind_seconds", **named) == 0
    assert drilling.metric("watch_failed", part="archive") == 0
    assert drilling.metric("watch_failed", part="offsite") == 0
    ended = datetime.fromisoformat(found.ended).timestamp()
    drilling.lab.wait(
        "the metric says when the look ended",
        lambda: drilling.metric("drill_timestamp_seconds", depth="look", verdict="passed") == ended,
        120,
    )


def test_the_evidence_is_in_the_copy_and_locked(drilling: Drilling, store: Offsite) -> None:
    _, found = drilling.run("--depth", "look")
    assert drilling.database.archive
    folder = f"{drilling.database.archive.bucket}/_drills/{ROLE}/{found.id}"

    def copied() -> bool:
        listed = store.request(f"/{COPIES}?list-type=2&prefix={quote(folder, safe='')}")
        return all(f"{found.id}.{kind}" in listed for kind in ("json", "xml", "html"))

    drilling.lab.wait("the evidence is in the copy", copied, 180)
    said = store.request(
        f"/{COPIES}/{folder}.json", "--output", "/dev/null", "--dump-header", "-"
    ).lower()
    assert "x-amz-object-lock-mode: compliance" in said
    assert json.loads(store.request(f"/{COPIES}/{folder}.json"))["id"] == found.id


def test_the_keys_of_a_drill_read_the_archive_and_change_nothing(drilling: Drilling) -> None:
    database = drilling.database
    archive = database.archive
    assert archive
    group = f"/apis/barmancloud.cnpg.io/v1/namespaces/{DRILLS_NAMESPACE}/objectstores"
    configurations = [it["spec"]["configuration"] for it in database.lab.kube.items(group)]
    (configuration,) = [
        it for it in configurations if it["destinationPath"].startswith(f"s3://{archive.bucket}")
    ]
    key = next(iter(archives.objects(database.lab, database.namespace, archive, database.name)))
    done = reading.tried(database.lab, DRILLS_NAMESPACE, configuration, key, "legacy-backups")
    assert done == reading.expected(done)


def test_a_store_that_refuses_the_keys_verifies_nothing(drilling: Drilling) -> None:
    with drilling.refused():
        for depth in ("look", "restore"):
            status, found = drilling.run("--depth", depth, "--from", "archive")
            assert (status, found.verdict, found.rung) == (5, "unverified", "none")
            assert "it refuses the keys" in found.reason
    assert drilling.left() == []


def test_without_room_for_its_volume_a_drill_verifies_nothing(drilling: Drilling) -> None:
    """It waits for room until its deadline, two minutes here."""
    quota = {"name": "no-room", "namespace": DRILLS_NAMESPACE}
    hard = {"hard": {"requests.storage": "1"}}
    drilling.lab.apply(
        [{"apiVersion": "v1", "kind": "ResourceQuota", "metadata": quota, "spec": hard}]
    )
    try:
        with drilling.declared(within_seconds=120):
            status, found = drilling.run("--from", "archive")
    finally:
        drilling.lab.kube.delete("v1", "ResourceQuota", quota["name"], DRILLS_NAMESPACE)
    assert (status, found.verdict, found.rung) == (5, "unverified", "none"), why(found)
    assert "no PersistentVolumeClaim is made" in found.reason
    assert drilling.left() == []


def test_a_killed_drill_leaves_nothing_and_the_next_one_says_so(drilling: Drilling) -> None:
    with drilling.running("--from", "archive") as killed:
        drilling.lab.wait("the scratch cluster is made", lambda: drilling.scratch is not None)
        (job,) = drilling.jobs()
        pods = drilling.lab.kube.items(
            f"/api/v1/namespaces/{DRILLS_NAMESPACE}/pods"
            f"?labelSelector=batch.kubernetes.io%2Fjob-name%3D{job}"
        )
        for pod in pods:
            name = pod["metadata"]["name"]
            drilling.lab.kube.delete("v1", "Pod", name, DRILLS_NAMESPACE, grace=0)
        assert killed.wait(300) == 5
    history = [it["verdict"] for it in drilling.recorded("history")]
    status, found = drilling.run("--from", "archive")
    assert (status, found.verdict) == (0, "passed"), why(found)
    later = [it["verdict"] for it in drilling.recorded("history")]
    assert later[len(history) :] in (["unverified", "passed"], ["passed"])
    assert "unverified" in later
    assert drilling.left() == []


def test_of_two_drills_at_once_one_waits_for_the_other(drilling: Drilling) -> None:
    with drilling.running("--from", "archive") as first:
        drilling.lab.wait("the scratch cluster is made", lambda: drilling.scratch is not None)
        made = (drilling.scratch or {})["metadata"]["uid"]
        with drilling.running("--from", "archive") as second:
            assert first.wait(900) == 0
            drilling.lab.wait(
                "the second one makes its own",
                lambda: (drilling.scratch or {}).get("metadata", {}).get("uid") not in (None, made),
            )
            assert second.wait(900) == 0
    assert drilling.left() == []


def test_an_objective_that_was_not_kept_is_missed_and_not_failed(drilling: Drilling) -> None:
    with drilling.declared(rto_seconds=1):
        status, found = drilling.run("--from", "archive")
    assert (status, found.verdict, found.rung) == (3, "missed", "yours"), why(found)


def test_drills_of_all_depths_begin_by_themselves_and_take_the_stores_in_turn(
    drilling: Drilling, environment: Environment, tmp_path: Path, claim: Claim
) -> None:
    soon = datetime.now(UTC) + timedelta(minutes=7)
    drills = DrillsSpec(
        look="*/2 * * * *",
        restore="*/3 * * * *",
        deep=f"{soon.minute} {soon.hour} * * *",
        deadline="30m",
    )
    edited = valid.edited(str(MODULE), {f"databases.{ROLE}.drills": drills})
    module = to_module(edited, tmp_path / MODULE.name)
    begun = datetime.now(UTC)
    Environment(drilling.lab, module).up()

    def since() -> list[tuple[str, str, str]]:
        return [
            (it["depth"], it["store"], it["verdict"])
            for it in drilling.recorded("history")
            if datetime.fromisoformat(it["begun"]) > begun
        ]

    def all_of_them() -> bool:
        stores = {store for depth, store, _ in since() if depth == "restore"}
        return stores == {"archive", "offsite"} and {"look", "deep"} <= {it[0] for it in since()}

    drilling.lab.wait("drills of all depths", all_of_them, 1500)
    environment.up()
    drilling.lab.wait("the last one has ended", lambda: not drilling.jobs(), 900)
    assert {verdict for *_, verdict in since()} == {"passed"}, since()
    claim("drills on schedule, all passed", len(since()), "")
    assert drilling.left() == []


def test_a_damaged_archive_fails_and_is_well_after_the_next_base_backup(
    drilling: Drilling, claim: Claim
) -> None:
    """Deep drills restore to the end; a nightly one may restore a moment before the damage."""
    database = drilling.database
    assert database.archive
    place = (database.lab, database.namespace, database.archive)
    newest = database.back_up(f"n8n-damaged-{int(time.time())}")["backupId"]
    folder = f"{database.name}/base/{newest}/"
    (data, *_) = [it for it in archives.objects(*place, folder) if "/data.tar" in it]
    archives.damage(*place, data)
    status, found = drilling.run("--depth", "deep", "--from", "archive")
    assert (status, found.verdict, found.rung) == (4, "failed", "none"), why(found)
    claim("of a damaged base backup", found.reason, "")

    database.back_up(f"n8n-holed-{int(time.time())}")
    database.sql("insert into drilled values (-1)")
    hole = database.archive_now()
    database.sql("insert into drilled values (-2)")
    database.archive_now()
    (key,) = archives.objects(*place, f"{database.name}/wals/{hole[:16]}/{hole}")
    archives.delete(*place, key)
    for depth in ("look", "deep"):
        status, found = drilling.run("--depth", depth, "--from", "archive")
        assert (status, found.verdict) == (4, "failed"), why(found)
        claim(f"of a missing segment, by a {depth}", found.reason, "")

    database.back_up(f"n8n-whole-{int(time.time())}")
    status, found = drilling.run("--depth", "deep", "--from", "archive")
    assert (status, found.verdict, found.rung) == (0, "passed", "yours"), why(found)
    assert drilling.left() == []


def test_a_shrunken_table_fails_until_it_may_shrink(
    drilling: Drilling, tmp_path: Path, environment: Environment
) -> None:
    assert drilling.run("--depth", "deep", "--from", "archive")[0] == 0
    drilling.database.sql("delete from drilled where id > 100")
    status, found = drilling.run("--depth", "deep", "--from", "archive")
    assert (status, found.verdict, found.rung) == (4, "failed", "recent"), why(found)
    assert "drilled" in found.reason
    place = f"databases.{ROLE}.drills.may_shrink"
    edited = valid.edited(str(MODULE), {place: {"public.drilled": "the test empties it"}})
    module = to_module(edited, tmp_path / MODULE.name)
    Environment(drilling.lab, module).up()
    try:
        status, found = Drilling(drilling.database, module).run(
            "--depth", "deep", "--from", "archive"
        )
    finally:
        environment.up()
    assert (status, found.verdict, found.rung) == (0, "passed", "yours"), why(found)


def test_with_the_store_away_half_way_nothing_is_verified(drilling: Drilling) -> None:
    kube = drilling.lab.kube
    gateway = f"rook-ceph-rgw-{Environment(drilling.lab, MODULE).store.name}-a"
    with drilling.running("--from", "archive") as begun:
        drilling.lab.wait("the scratch cluster is made", lambda: drilling.scratch is not None)
        for name, replicas in (("rook-ceph-operator", 0), (gateway, 0)):
            change = {"spec": {"replicas": replicas}}
            kube.patch("apps/v1", "Deployment", name, "rook-ceph", change=change)
        try:
            ended = begun.wait(1200)
        finally:
            for name in (gateway, "rook-ceph-operator"):
                change = {"spec": {"replicas": 1}}
                kube.patch("apps/v1", "Deployment", name, "rook-ceph", change=change)
    assert ended == 5
    found = drilling.recorded("restore")
    assert found["verdict"] == "unverified", found

    def archives_again() -> bool:
        try:
            return bool(drilling.database.archive_now())
        except Fault:
            return False

    drilling.lab.wait("the database archives again", archives_again, 600)
    assert drilling.left() == []
