"""Recovery while something is broken: clients stay, and another try brings everything back.

Each restores what the declared database has archived, by the commands and `pulumi up` only: one to
five minutes each on a quiet machine.
"""

import base64
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from tests.lab.conftest import Claim
from tests.lab.recovering import NAME, Recovering
from tools import Fault
from tools.lab import pods
from tools.lab.access import Cluster
from tools.lab.databases.archives import Archive, damage, delete, objects
from tools.lab.databases.deployed import Deployed
from tools.lab.operators import ceph
from tools.lab.operators.manifests import Manifest

pytestmark = [pytest.mark.own_parts("off-site store"), pytest.mark.group("alone")]

_ROWS = "select count(*), sum(id) from numbers"
_OPERATOR = "/api/v1/namespaces/cnpg-system/pods?labelSelector=app.kubernetes.io%2Fname%3D"
_SEGMENTS = 16
"""Replayed for most of a minute: time enough to take the store away."""


@pytest.fixture
def tidy(shop: Recovering) -> Recovering:
    """The database with one instance, and nothing that was restored before: the node is small."""
    text = shop.file.read_text()
    pattern = rf"(['\"]{NAME}['\"]: PostgresSpec\(.*?instances=)\d+"
    shop.file.write_text(re.sub(pattern, r"\g<1>1", text, flags=re.DOTALL))
    _give_up(shop)
    shop.up()
    _give_up(shop)
    shop.up()
    return shop


def test_a_store_that_refuses_the_keys_is_said_before_anything_is_written(
    shop: Recovering,
) -> None:
    first = shop.active
    name, before = _archive(first).credentials, shop.file.read_bytes()
    keys = (first.lab.get(f"/api/v1/namespaces/{first.namespace}/secrets/{name}") or {})["data"]
    _keys(first, keys | {"AWS_SECRET_ACCESS_KEY": base64.b64encode(b"wrong").decode()})
    try:
        for command in (["restore", NAME, "--to", "latest", "--write"], ["window", NAME]):
            assert "it refuses the keys" in shop.said(*command, fails=True)
    finally:
        _keys(first, keys)
    assert shop.file.read_bytes() == before
    shop.said("window", NAME)
    first.wait_archiving()


def test_a_damaged_base_backup_becomes_no_database_and_an_older_one_brings_all_rows(
    tidy: Recovering, claim: Claim
) -> None:
    first = _filled(tidy)
    older = first.back_up(_named("older"))["backupId"]
    first.sql("insert into numbers values (2)")
    newer = first.back_up(_named("newer"))["backupId"]
    first.sql("insert into numbers values (3)")
    wanted = first.sql(_ROWS)
    first.archive_now()  # its transaction is the last one, which a time leaves out
    place = (first.lab, first.namespace, _archive(first))
    (data, *_) = objects(*place, f"{first.name}/base/{newer}/data.tar")
    damage(*place, data)

    tidy.said("restore", NAME, "--to", "latest", "--write")
    failed = _newest(tidy)
    with tidy.environment.rising():
        began = time.monotonic()
        first.lab.wait("the recovery failed", lambda: _recovery_failed(failed))
        claim("a damaged base backup, until the recovery fails", time.monotonic() - began, "s")
        assert failed.status().get("readyInstances", 0) == 0
        assert _clients(tidy) == first.name
        assert first.sql(_ROWS) == wanted

    _give_up(tidy)
    latest = tidy.data("window", NAME)[0]["windows"][-1]["latest"]
    tidy.said("restore", NAME, "--to", latest, "--backup", older, "--write")
    tidy.up()
    assert _newest(tidy).sql(_ROWS) == wanted
    assert _clients(tidy) == first.name


def test_what_a_store_that_was_away_kept_back_reaches_no_client_and_comes_with_the_next_one(
    tidy: Recovering, claim: Claim
) -> None:
    """The next one is restored without room at first, without the operator, and `up` is killed."""
    first, lab = _filled(tidy), tidy.lab
    first.back_up(_named("before"))
    for _ in range(_SEGMENTS):
        first.sql("insert into numbers select count(*) from numbers")
        first.sql("select pg_switch_wal()")
    first.archive_now()
    wanted = first.sql(_ROWS)
    tidy.said("restore", NAME, "--to", "latest", "--write")
    short = _newest(tidy)
    with tidy.environment.rising() as up:
        lab.wait("WAL replayed", lambda: "restored log file" in short.recovery_log())
        with _store_away(lab, tidy.environment.store.name):
            short.wait("ready", lambda status: status.get("readyInstances", 0) > 0)
        assert up.wait(900) == 0
    assert short.sql(_ROWS) != wanted, "the store was away too late"
    claim("rows that did not come back", short.sql(_ROWS).partition("|")[0], f"of {wanted}")
    tidy.said("activate", NAME, str(_last(tidy)), "--write")
    with pytest.raises(Fault):
        tidy.up()
    assert "end of recovery: it ended with WAL" in _log_of_proof(short)
    assert _clients(tidy) == first.name

    tidy.said("activate", NAME, "1", "--write")
    tidy.said("restore", NAME, "--to", "latest", "--write")
    whole = _newest(tidy)
    quota = {"name": "no-room", "namespace": first.namespace}
    hard = {"hard": {"requests.storage": "1"}}
    lab.apply([{"apiVersion": "v1", "kind": "ResourceQuota", "metadata": quota, "spec": hard}])
    try:
        with tidy.environment.rising() as up:
            lab.wait("no room for the volume", lambda: _refused_for_room(lab, whole))
            lab.kube.delete("v1", "ResourceQuota", quota["name"], quota["namespace"])
            lab.wait("the recovery begins", lambda: bool(whole.recovery_log()))
            for pod in lab.kube.items(f"{_OPERATOR}cloudnative-pg"):
                lab.kube.delete("v1", "Pod", pod["metadata"]["name"], "cnpg-system", grace=0)
            os.killpg(up.pid, signal.SIGKILL)
    finally:
        lab.kube.delete("v1", "ResourceQuota", quota["name"], quota["namespace"])
    assert _clients(tidy) == first.name
    changed = tidy.environment.up_after_a_kill()
    claim("pulumi up after the one that was killed", changed.seconds, "s")
    assert whole.sql(_ROWS) == wanted
    assert _clients(tidy) == first.name


def test_a_restore_that_dies_with_its_node_begins_again_and_brings_all_rows(
    tidy: Recovering, claim: Claim
) -> None:
    """All processes of its pod end at once, as when the node restarts, in the middle of replay."""
    first, lab = _filled(tidy), tidy.lab
    first.back_up(_named("node"))
    for _ in range(_SEGMENTS):
        first.sql("insert into numbers select count(*) from numbers")
        first.sql("select pg_switch_wal()")
    first.archive_now()
    wanted = first.sql(_ROWS)
    tidy.said("restore", NAME, "--to", "latest", "--write")
    restored = _newest(tidy)
    with tidy.environment.rising() as up:
        lab.wait("WAL replayed", lambda: "restored log file" in restored.recovery_log())
        (restoring,) = _restoring(restored)
        place = (first.namespace, restoring["metadata"]["name"], "full-recovery")
        with suppress(Fault):  # the container ended, and this with it
            pods.execute(lab, place, ["bash", "-c", "kill -9 -1"])
        began = time.monotonic()
        assert up.wait(900) == 0
        claim("a restore that began again", time.monotonic() - began, "s")
    assert restored.sql(_ROWS) == wanted
    assert _clients(tidy) == first.name


def test_a_missing_segment_is_said_with_what_does_not_come_back_until_the_next_base_backup(
    shop: Recovering,
) -> None:
    first = _filled(shop)
    first.back_up(_named("holed"))
    first.sql("insert into numbers values (2)")
    hole = first.archive_now()
    first.sql("insert into numbers values (3)")
    target = first.now()
    first.sql("insert into numbers values (4)")
    first.archive_now()
    place = (first.lab, first.namespace, _archive(first))
    (key,) = objects(*place, f"{first.name}/wals/{hole[:16]}/{hole}")
    delete(*place, key)

    (found,) = [it for it in shop.data("window", NAME) if it["generation"] == 1]
    assert hole in [gap["first"] for gap in found["gaps"]]
    notes = shop.data("restore", NAME, "--to", "latest")["notes"]
    assert [note for note in notes if f"WAL {hole} to {hole} is missing" in note]
    assert "no archived transaction" in shop.said("restore", NAME, "--to", target, fails=True)

    first.back_up(_named("whole"))
    first.sql("insert into numbers values (5)")
    first.archive_now()
    notes = shop.data("restore", NAME, "--to", "latest")["notes"]
    assert not [note for note in notes if "is missing" in note]
    assert "WAL is missing there" in shop.said("restore", NAME, "--to", target, fails=True)


def _filled(shop: Recovering) -> Deployed:
    """Return the active generation, archiving, with one row in a new table."""
    first = shop.active
    first.wait_archiving()
    first.sql("drop table if exists numbers; create table numbers (id int)")
    first.sql("insert into numbers values (1)")
    return first


def _named(word: str) -> str:
    return f"shop-{word}-{int(time.time())}"


def _archive(database: Deployed) -> Archive:
    assert database.archive
    return database.archive


def _keys(database: Deployed, data: dict[str, str]) -> None:
    name = _archive(database).credentials
    database.lab.kube.patch("v1", "Secret", name, database.namespace, change={"data": data})


def _last(shop: Recovering) -> int:
    return len(shop.environment.spec.databases[NAME].lineage)


def _newest(shop: Recovering) -> Deployed:
    found = shop.generation(_last(shop))
    assert isinstance(found, Deployed)
    return found


def _give_up(shop: Recovering) -> None:
    """Declare that nobody needs what was restored so far; the next `pulumi up` does it."""
    for it in shop.environment.spec.databases[NAME].lineage:
        if it.state in ("candidate", "retired"):
            removed = ["--removed"] if it.state == "retired" else []
            shop.said("retire", NAME, str(it.number), *removed, "--write")


def _clients(shop: Recovering) -> str:
    """Return the Cluster that the stable Service leads to."""
    spec = shop.environment.spec.databases[NAME]
    path = f"/api/v1/namespaces/{spec.namespace}/services/{spec.service_name}"
    return str((shop.lab.get(path) or {})["spec"]["selector"]["cnpg.io/cluster"])


def _restoring(database: Deployed) -> list[Manifest]:
    """Return the pods that restore a database."""
    selector = f"cnpg.io%2Fcluster%3D{database.name},cnpg.io%2FjobRole%3Dfull-recovery"
    path = f"/api/v1/namespaces/{database.namespace}/pods?labelSelector={selector}"
    return database.lab.kube.items(path)


def _recovery_failed(database: Deployed) -> bool:
    return any(
        pod["status"].get("phase") == "Failed"
        or any(one["restartCount"] for one in pod["status"].get("containerStatuses") or [])
        for pod in _restoring(database)
    )


def _refused_for_room(lab: Cluster, database: Deployed) -> bool:
    """Tell whether the operator was refused a volume of a database."""
    logs = [
        lab.kube.log("cnpg-system", pod["metadata"]["name"])
        for pod in lab.kube.items(f"{_OPERATOR}cloudnative-pg")
    ]
    return any(
        "exceeded quota" in line and database.name in line
        for log in logs
        for line in log.splitlines()
    )


def _log_of_proof(database: Deployed) -> str:
    selector = f"batch.kubernetes.io%2Fjob-name%3D{database.name}-proof"
    path = f"/api/v1/namespaces/{database.namespace}/pods?labelSelector={selector}"
    return "\n".join(
        database.lab.kube.log(database.namespace, pod["metadata"]["name"])
        for pod in database.lab.kube.items(path)
    )


@contextmanager
def _store_away(lab: Cluster, store: str) -> Iterator[None]:
    """Stop the store's only gateway, and Rook's operator, which would start it again."""
    names = ["rook-ceph-operator", f"rook-ceph-rgw-{store}-a"]
    for name in names:
        _scale(lab, name, 0)
    for pod in lab.kube.items(
        "/api/v1/namespaces/rook-ceph/pods?labelSelector=app%3Drook-ceph-rgw"
    ):
        lab.kube.delete("v1", "Pod", pod["metadata"]["name"], "rook-ceph", grace=0)
    try:
        yield
    finally:
        for name in reversed(names):
            _scale(lab, name, 1)
        lab.wait("the store serves again", lambda: ceph.store_serves(lab, store))


def _scale(lab: Cluster, name: str, replicas: int) -> None:
    change = {"spec": {"replicas": replicas}}
    lab.kube.patch("apps/v1", "Deployment", name, "rook-ceph", change=change)
