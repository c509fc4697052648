"""What is lost, and for how long, when a part is taken away under load.

Each loses something of the lab and puts it back, or a copy of the environment's database: one to
six minutes each on a quiet machine.
"""

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from kubernetes import client

from components.spec import seconds as in_seconds
from tests.lab.conftest import Claim
from tools.lab import ceph, kube, openbao
from tools.lab.deployed import Deployed
from tools.lab.environment import Environment
from tools.lab.load import load

AWAY_SECONDS = 60
_WAITING = "select count(*) from pg_ls_archive_statusdir() where name like '%.ready'"


def test_a_killed_primary_is_replaced_and_writes_go_on(n8n: Deployed, claim: Claim) -> None:
    n8n.wait_healthy(2)
    old = n8n.status()["currentPrimary"]
    with load(n8n) as writer:
        time.sleep(5)
        with n8n.lab.api() as api:
            client.CoreV1Api(api).delete_namespaced_pod(old, n8n.namespace, grace_period_seconds=0)
        killed = time.time()
        n8n.wait("failed over", lambda status: status["currentPrimary"] != old, 180)
        promoted = time.time()
        writer.wait_written_after(promoted, 180)
        acknowledged = writer.acknowledged()
    silence = _longest_silence(acknowledged, killed)
    n8n.wait_healthy(2)
    lost = _missing(n8n, acknowledged)
    claim("without an accepted write", silence, "s")
    claim(
        "acknowledged transactions lost, asynchronous standby", len(lost), f"of {len(acknowledged)}"
    )
    assert silence < in_seconds("15m"), "longer than the RTO"


def test_what_is_lost_with_the_whole_database_is_within_its_rpo(
    n8n: Deployed, environment: Environment, claim: Claim
) -> None:
    objectives = environment.spec.databases["n8n"].objectives
    database = n8n.copied("n8n-lost", 1)
    try:
        database.wait_archiving(240)
        database.back_up(f"{database.name}-base", seconds=400)
        configuration = database.configuration()
        with load(database) as writer:
            time.sleep(2 * objectives.archive_timeout_seconds)
            database.burn()
            acknowledged = writer.acknowledged()
        name = f"{database.name}-back"
        with database.restored(name, configuration=configuration) as (restored, took):
            lost = _missing(restored, acknowledged)
    finally:
        database.delete()
    last = max(acknowledged.values())
    span = last - min((acknowledged[number] for number in lost), default=last)
    claim("acknowledged transactions lost", len(lost), f"of {len(acknowledged)}")
    claim(f"the seconds they span, of an RPO of {objectives.rpo}", span, "s")
    claim(f"restored, of an RTO of {objectives.rto}", took, "s")
    assert lost != set(acknowledged), "nothing was restored"
    assert span <= in_seconds(objectives.rpo)
    assert took <= in_seconds(objectives.rto)


@pytest.mark.own_parts("OpenBao")
def test_without_its_kms_archiving_fails_loudly_and_goes_on_when_it_is_back(
    n8n: Deployed, legacy: Deployed, claim: Claim
) -> None:
    n8n.wait_archiving(180)
    place = (openbao.NAMESPACE, "StatefulSet", openbao.NAME)
    with _scaled_down(n8n, place):
        n8n.sql("select pg_logical_emit_message(true, 'tier0', 'kms'); select pg_switch_wal()")
        began = time.monotonic()
        _wait_condition(n8n, "False", 300)
        loud = time.monotonic() - began
        legacy.archive_now(seconds=240)  # what is not encrypted needs no KMS
    began = time.monotonic()
    _wait_condition(n8n, "True", 300)
    n8n.archive_now(seconds=240)
    claim("until ContinuousArchiving is False", loud, "s")
    claim("back until WAL is archived", time.monotonic() - began, "s")


def test_with_the_store_away_writes_go_on_and_wal_drains_afterwards(
    n8n: Deployed, environment: Environment, claim: Claim
) -> None:
    n8n.back_up(f"{n8n.name}-{int(time.time())}", seconds=400)
    gateway = f"rook-ceph-rgw-{environment.spec.object_store.name}-a"
    operator = (ceph.NAMESPACE, "Deployment", "rook-ceph-operator")
    with load(n8n) as writer:
        # Rook would bring the gateway back.
        with (
            _scaled_down(n8n, operator),
            _scaled_down(n8n, (ceph.NAMESPACE, "Deployment", gateway)),
        ):
            gone = time.time()
            while time.time() < gone + AWAY_SECONDS:
                time.sleep(10)
                n8n.sql("select pg_switch_wal()")
            piled = int(n8n.sql(_WAITING))
            during = [at for at in writer.acknowledged().values() if at > gone]
        back = time.monotonic()
        kube.wait(
            "the piled WAL archived",
            lambda: int(n8n.sql(_WAITING)) == 0,
            400,
            lambda: f"{n8n.sql(_WAITING)} segments wait",
        )
        drained = time.monotonic() - back
        acknowledged = writer.acknowledged()
    assert piled > 0, "the store was not away"
    assert during, "no write was accepted while the store was away"
    n8n.archive_now(seconds=240)
    with n8n.restored("n8n-drained") as (restored, _):
        lost = _missing(restored, acknowledged)
    claim(f"writes accepted in {AWAY_SECONDS} s without a store", len(during), "rows")
    claim("segments piled up", piled, "")
    claim("drained in", drained, "s")
    claim("acknowledged transactions lost", len(lost), f"of {len(acknowledged)}")
    assert not lost


def _missing(database: Deployed, acknowledged: dict[int, float]) -> set[int]:
    """Return the acknowledged rows that a database does not have."""
    there = database.sql("select string_agg(id::text, ',') from load")
    return set(acknowledged) - {int(number) for number in there.split(",") if number}


def _longest_silence(acknowledged: dict[int, float], since: float) -> float:
    """Return the longest time without an acknowledged row from a moment on."""
    before = [at for at in acknowledged.values() if at <= since]
    times = sorted([max(before), *(at for at in acknowledged.values() if at > since)])
    return max(later - earlier for earlier, later in itertools.pairwise(times))


def _wait_condition(database: Deployed, wanted: str, seconds: float) -> None:
    database.wait(
        f"ContinuousArchiving {wanted}",
        lambda status: any(
            (one["type"], one["status"]) == ("ContinuousArchiving", wanted)
            for one in status.get("conditions", [])
        ),
        seconds,
    )


@contextmanager
def _scaled_down(database: Deployed, place: tuple[str, str, str]) -> Iterator[None]:
    """Take every pod of (namespace, kind, name) away, and bring them back."""
    _scale(database, place, 0)
    try:
        yield
    finally:
        _scale(database, place, 1)


def _scale(database: Deployed, place: tuple[str, str, str], replicas: int) -> None:
    namespace, kind, name = place
    lab = database.lab
    path = f"/apis/apps/v1/namespaces/{namespace}/{kind.lower()}s/{name}"
    with lab.api() as api:
        apps = client.AppsV1Api(api)
        scale = {
            "Deployment": apps.patch_namespaced_deployment_scale,
            "StatefulSet": apps.patch_namespaced_stateful_set_scale,
        }[kind]
        scale(name, namespace, {"spec": {"replicas": replicas}})

    def counts() -> tuple[int, int]:
        found = (lab.get(path) or {}).get("status", {})
        return found.get("replicas", 0), found.get("readyReplicas", 0)

    kube.wait(
        f"{kind} {name} with {replicas} pods",
        lambda: counts() == (replicas, replicas),
        180,
        lambda: f"{counts()}; {lab.kube.trouble(namespace)}",
    )
