"""Drills of what is broken: each fault by its verdict, its rung, its reason and its exit status.

A drill takes one to two minutes on a quiet machine; the one that is killed at each step a quarter
of an hour.
"""

import json
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from components.pods.evidence import read
from components.postgres.drills import DRILLS_NAMESPACE
from tests.lab.conftest import Claim
from tests.lab.drilling import TABLE, Drilling, why
from tools import Fault
from tools.lab import pods
from tools.lab.cluster import Lab
from tools.lab.databases.deployed import Deployed
from tools.lab.operators import openbao

pytestmark = [pytest.mark.own_parts("off-site store"), pytest.mark.group("n8n")]

_ARCHIVE = ("--from", "archive")
_DEEP = ("--depth", "deep", *_ARCHIVE)
_STEPS = (
    "look into the archive",
    "write a nonce into the source",
    "wait until the nonce is archived",
    "create the scratch cluster",
    "waits for a node and a volume",
    "restores",
    "starts PostgreSQL",
    "ask the restored server",
    "read ",
    "compare nonces and rows, and ask the checks",
    "remove the scratch cluster",
)
"""Of a deep drill, which has all; `read ` has the name of a database."""


@contextmanager
def _sealed(lab: Lab, database: Deployed) -> Iterator[None]:
    """Have the KMS sealed for a while; the database archives again afterwards."""
    with openbao.sealed(lab):
        yield

    def archives_again() -> bool:
        try:
            return bool(database.archive_now())
        except Fault:
            return False

    lab.wait("the database archives again", archives_again)


@pytest.mark.group("alone")
@pytest.mark.own_parts("OpenBao")
def test_with_the_kms_sealed_nothing_is_verified(
    drilling: Drilling, lab: Lab, claim: Claim
) -> None:
    with _sealed(lab, drilling.database):
        for depth in ("look", "restore"):
            status, found = drilling.run("--depth", depth, *_ARCHIVE)
            assert (status, found.verdict, found.rung) == (5, "unverified", "none"), why(found)
            assert "its KMS gives no key" in found.reason
    claim("of a sealed KMS", found.reason, "")
    assert drilling.left() == []


@pytest.mark.group("alone")
@pytest.mark.own_parts("OpenBao")
def test_with_the_kms_sealed_during_a_restore_nothing_is_verified(
    drilling: Drilling, lab: Lab, claim: Claim
) -> None:
    """What is listed is there, and cannot be decrypted: that is no fault of the archive."""
    with drilling.running(*_DEEP) as begun:
        drilling.lab.wait("the scratch cluster is made", lambda: drilling.scratch is not None)
        with _sealed(lab, drilling.database):
            said, _ = begun.communicate(timeout=900)
    found = read(json.loads(said))
    assert (begun.returncode, found.verdict) == (5, "unverified"), why(found)
    assert "its KMS gives no key" in found.reason
    claim("of a KMS that is sealed during the restore", found.reason, "")
    assert drilling.left() == []


def _killed(drilling: Drilling, step: str) -> Mapping[str, Any]:
    """Kill a drill at a step, with no farewell; return what the record says of it."""
    with drilling.running(*_DEEP) as begun:
        with drilling.standing_at(step) as program:
            program.send(signal.SIGKILL)
        said, _ = begun.communicate(timeout=180)
    found = read(json.loads(said))
    assert (begun.returncode, found.verdict) == (5, "unverified"), why(found)
    running: Mapping[str, Any] = drilling.recorded("running")
    return running


@pytest.mark.own_parts("node")
def test_a_drill_killed_at_each_of_its_steps_is_written_by_the_next_as_unverified(
    drilling: Drilling, claim: Claim
) -> None:
    """A short step may be over before the signal comes: then another drill is killed at it."""
    steps, left = list(_STEPS), 2 * len(_STEPS)
    before: Mapping[str, Any] | None = None
    killed = []
    while steps:
        assert left, f"no drill was killed at {steps[0]}"
        left -= 1
        now = _killed(drilling, steps[0])
        if before:
            _told(drilling, before)
        if now["step"].startswith(steps[0]):
            steps.pop(0)
        killed.append(now["id"])
        before = now
    seen = set()
    with drilling.running(*_DEEP) as last:
        while last.poll() is None:
            seen.add((drilling.recorded("running") or {"step": "start"})["step"])
            time.sleep(0.2)
    assert last.returncode == 0, drilling.recorded("deep")
    assert not [it for it in seen if not it.startswith(("start", *_STEPS))], "a step is not listed"
    verdicts = {it["id"]: it["verdict"] for it in drilling.recorded("history")}
    assert {verdicts[it] for it in killed} == {"unverified"}
    assert drilling.recorded("running") is None
    assert drilling.left() == []
    claim("steps at which a drill was killed", len(_STEPS), "")


def _told(drilling: Drilling, killed: Mapping[str, Any]) -> None:
    """See that the record has the evidence of a killed drill, which the next one wrote."""
    found = read(drilling.recorded("deep"))
    assert (found.id, found.verdict, found.rung) == (killed["id"], "unverified", "none")
    assert f"it was killed at {killed['step']}; see why its Job" in found.reason


def test_a_nonce_that_never_arrives_is_failed(drilling: Drilling, claim: Claim) -> None:
    """The database runs, and its archiver stands still."""
    database = drilling.database
    place = (database.namespace, database.status()["currentPrimary"], "postgres")
    archiver = database.sql("select pid from pg_stat_activity where backend_type = 'archiver'")
    with (
        drilling.declared("deep", rpo_seconds=5),
        pods.standing_still(database.lab, place, archiver),
    ):
        status, found = drilling.run(*_DEEP)
    assert (status, found.verdict, found.rung) == (4, "failed", "consistent"), why(found)
    assert found.reason.startswith("nonce in the archive: WAL ")
    assert "with the newest nonce is not in " in found.reason
    claim("of archiving that stands still", found.reason, "")
    assert drilling.left() == []
    database.archive_now()


def test_an_archive_with_nothing_in_it_is_failed(drilling: Drilling, claim: Claim) -> None:
    source = {**drilling.settings("deep")["source"], "prefix": "empty/"}
    with drilling.declared("deep", source=source):
        status, found = drilling.run(*_DEEP)
    assert (status, found.verdict, found.rung) == (4, "failed", "none"), why(found)
    assert found.reason.startswith("base backup: ")
    assert "/n8n-postgres has no whole base backup; make one" in found.reason
    claim("of an empty archive", found.reason, "")
    assert drilling.left() == []


@contextmanager
def _stranger(drilling: Drilling) -> Iterator[str]:
    """Have another cluster with the same tables archive under the database's name.

    Yield the folder of the bucket, and of an ObjectStore for it, whose name is the folder's.
    """
    database, kube = drilling.database, drilling.lab.kube
    name, group = f"stranger-{int(time.time())}", "barmancloud.cnpg.io/v1"
    home = f"/apis/{group}/namespaces"
    stores = {database.namespace: database.name, DRILLS_NAMESPACE: "n8n-archive"}
    for namespace, alike in stores.items():
        found = drilling.lab.get(f"{home}/{namespace}/objectstores/{alike}") or {}
        configuration = found["spec"]["configuration"]
        configuration["destinationPath"] += f"{name}/"
        metadata = {"name": name, "namespace": namespace}
        spec = {"configuration": configuration}
        drilling.lab.apply(
            [{"apiVersion": group, "kind": "ObjectStore", "metadata": metadata, "spec": spec}]
        )
    try:
        with database.copied(
            "n8n-stranger", 1, barmanObjectName=name, serverName=database.name
        ) as stranger:
            stranger.wait_archiving()
            stranger.sql(TABLE)
            stranger.back_up(f"{stranger.name}-base")
            stranger.archive_now()
        yield name
    finally:
        for namespace in stores:
            kube.delete(group, "ObjectStore", name, namespace)


def test_an_archive_of_another_cluster_with_the_same_tables_is_failed(
    drilling: Drilling, claim: Claim
) -> None:
    """Its nonce arrives nowhere either, and the first that is refuted is the reason."""
    settings = drilling.settings("deep")
    with _stranger(drilling) as folder:
        source = {**settings["source"], "prefix": f"{folder}/"}
        scratch = json.loads(json.dumps(settings["scratch"]).replace("n8n-archive", folder))
        with drilling.declared("deep", source=source, scratch=scratch, rpo_seconds=5):
            status, found = drilling.run(*_DEEP)
    assert (status, found.verdict, found.rung) == (4, "failed", "started"), why(found)
    assert found.reason.startswith("archive's system identifier: ")
    assert "; give each database its own archive" in found.reason
    claim("of the archive of another cluster", found.reason, "")
    refuted = {it.name for it in found.proofs if it.outcome == "refuted"}
    assert {"system identifier", "nonces"} <= refuted
    assert drilling.left() == []


def test_a_check_that_errors_is_failed(drilling: Drilling, claim: Claim) -> None:
    with drilling.declared("deep", checks={"floor": "select count(*) > 0 from public.members"}):
        status, found = drilling.run(*_DEEP)
    assert (status, found.verdict, found.rung) == (4, "failed", "recent"), why(found)
    assert found.reason.startswith('check floor: relation "public.members" does not exist; ')
    claim("of a check that errors", found.reason, "")
    assert drilling.left() == []


def test_a_restore_that_is_never_ready_is_unverified(drilling: Drilling, claim: Claim) -> None:
    """It is fenced: it has its data, and PostgreSQL does not start; the deadline is 150 s."""
    fenced = {"metadata": {"annotations": {"cnpg.io/fencedInstances": '["*"]'}}}
    with drilling.declared(within_seconds=150), drilling.running(*_ARCHIVE) as begun:
        drilling.lab.wait("the scratch cluster is made", lambda: drilling.scratch is not None)
        drilling.lab.kube.patch(
            "postgresql.cnpg.io/v1", "Cluster", "drill", DRILLS_NAMESPACE, change=fenced
        )
        said, _ = begun.communicate(timeout=600)
    found = read(json.loads(said))
    assert (begun.returncode, found.verdict, found.rung) == (5, "unverified", "none"), why(found)
    assert "deadline: Cluster drill starts PostgreSQL" in found.reason
    assert "for longer than the 150 s that a drill may take" in found.reason
    claim("of a restore that is never ready", found.reason, "")
    assert drilling.left() == []


_ACTIVE = "select count(*) from pg_replication_slots where slot_name = 'drilled' and active"
_PUBLISH = """
create table words (word text primary key);
grant select on words to n8n;
create publication drilled for table words;
"""
_SCHEDULE = """
create extension pg_cron;
create table fired (at timestamptz default now());
create table words (word text primary key);
select cron.schedule('each', '1 seconds', 'insert into fired default values');
"""
_WORDS, _FIRED = (
    "select string_agg(word, ' ' order by word) from words",
    "select count(*) from fired",
)
_CRON = {"cron.database_name": "events", "cron.use_background_workers": "on"}


@contextmanager
def _pg_cron(database: Deployed) -> Iterator[None]:
    """Have pg_cron loaded for a while, by restarts of the instances."""

    def load(libraries: list[str] | None, parameters: Mapping[str, str | None]) -> None:
        postgresql = {"shared_preload_libraries": libraries, "parameters": parameters}
        place = ("postgresql.cnpg.io/v1", "Cluster", database.name, database.namespace)
        database.lab.kube.patch(*place, change={"spec": {"postgresql": postgresql}})
        database.lab.wait("pg_cron is in every instance, or in none", lambda: loaded(libraries))
        database.wait_healthy(2)

    def loaded(libraries: list[str] | None) -> bool:
        try:
            found = [
                database.sql("show shared_preload_libraries", pod=name)
                for name in database.status()["instanceNames"]
            ]
        except Fault:  # it restarts
            return False
        return all(("pg_cron" in it) == bool(libraries) for it in found)

    try:
        load(["pg_cron"], _CRON)
        yield
    finally:
        load(None, dict.fromkeys(_CRON))


@contextmanager
def _acting(database: Deployed) -> Iterator[None]:
    """Have `events` subscribe to `postgres`, and write a row each second by pg_cron.

    Neither is the application's database, whose tables later drills compare.
    """
    with _pg_cron(database):
        database.sql("alter role n8n replication")
        database.sql(_PUBLISH, database="postgres")
        # A transaction that has written cannot make one, and psql's -c is one transaction.
        slot = "select pg_create_logical_replication_slot('drilled', 'pgoutput')"
        database.sql(slot, database="postgres")
        database.sql(_SCHEDULE, database="events")
        database.sql(
            f"create subscription drilled connection 'host={database.host} dbname=postgres "
            f"user=n8n password={database.password} sslmode=require' publication drilled "
            "with (create_slot = false)",
            database="events",
        )
        try:
            yield
        finally:
            database.sql("drop subscription drilled", database="events")
            database.sql("drop extension pg_cron; drop table fired, words", database="events")
            database.sql("drop publication drilled; drop table words", database="postgres")
            database.sql("alter role n8n noreplication")


def test_what_acts_in_a_database_does_not_act_in_its_drill(
    drilling: Drilling, claim: Claim
) -> None:
    """A subscription, and a job of pg_cron; whatever receives is not the original, once that is
    told to rest.
    """
    database, lab = drilling.database, drilling.lab
    with _acting(database):
        lab.wait("the subscription receives", lambda: database.sql(_ACTIVE) == "1")
        lab.wait("the job fires", lambda: int(database.sql(_FIRED, database="events")) > 5)
        database.back_up(f"n8n-acts-{int(time.time())}")
        database.sql("insert into words values ('before')", database="postgres")
        lab.wait("received", lambda: database.sql(_WORDS, database="events") == "before")
        time.sleep(1)
        moment = database.now().replace(" ", "T")
        time.sleep(1)
        database.sql("alter subscription drilled disable", database="events")
        lab.wait("the slot is free", lambda: database.sql(_ACTIVE) == "0")
        database.sql("insert into words values ('after')", database="postgres")
        database.archive_now()
        with drilling.running(*_DEEP, "--to", moment) as begun:
            with drilling.standing_at("read "):
                _rests(database, Deployed(lab, DRILLS_NAMESPACE, "drill", holds="events"))
            said, _ = begun.communicate(timeout=900)
        found = read(json.loads(said))
        # How far the proof goes depends on whether an earlier drill has left a nonce.
        assert (begun.returncode, found.verdict) == (0, "passed"), why(found)
        database.sql("alter subscription drilled enable", database="events")
        lab.wait("it could", lambda: database.sql(_WORDS, database="events") == "after before")
    claim("a job of each second and a subscription rested in the scratch cluster", 15, "s")
    assert drilling.left() == []


def _rests(database: Deployed, scratch: Deployed) -> None:
    """Watch the scratch cluster for longer than a job and a subscription need to act."""
    assert scratch.sql("select subenabled from pg_subscription") == "t"
    fired = scratch.sql(_FIRED)
    assert int(fired) > 5
    for _ in range(15):
        assert database.sql(_ACTIVE) == "0", "the scratch cluster takes what is published"
        time.sleep(1)
    assert scratch.sql(_FIRED) == fired
    assert scratch.sql(_WORDS) == "before"
