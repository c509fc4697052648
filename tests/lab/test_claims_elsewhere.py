"""Archives in stores that are not Ceph: a small S3 server, and one that encrypts and locks.

Each is outside of the node, over HTTPS with its own authority. The environment has its own stack,
in place of the lab's. Five minutes for each store on a quiet machine.
"""

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import valid
from tests.lab.conftest import Claim
from tests.support import to_module
from tools.lab.cluster import Lab
from tools.lab.databases import archives
from tools.lab.databases.archives import Archive
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.environment import Environment
from tools.lab.databases.load import load, missing
from tools.lab.machine.paths import OFFSITE_HOST
from tools.lab.offsite.elsewhere import PORTS, Elsewhere, Kind

pytestmark = [pytest.mark.own_parts("off-site store"), pytest.mark.group("alone")]

_MODULE = Path(__file__).parent / "environments" / "elsewhere.py"
_NAME = "elsewhere"
_AWAY_SECONDS = 60
_WAITING = "select count(*) from pg_ls_archive_statusdir() where name like '%.ready'"
_ROWS = "select count(*), md5(string_agg(word, ',' order by id)) from kept"
_MAKE = """
locked = name == "locked"
client.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=locked)
if locked:
    rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 31}}
    lock = {"ObjectLockEnabled": "Enabled", "Rule": rule}
    client.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=lock)
"""

_CHANGES: Mapping[Kind, Mapping[str, Any]] = {
    "versitygw": {},
    "minio": {
        "object_store.endpoint": f"https://{OFFSITE_HOST}:{PORTS['minio']}",
        "object_store.encrypts": True,
        "databases.app.backup.encryption": "AES256",
    },
}


@dataclass(frozen=True)
class Away:
    """A store, and the database that archives to it."""

    store: Elsewhere
    database: Deployed


@pytest.fixture(scope="module", params=sorted(PORTS))
def away(
    request: pytest.FixtureRequest, lab: Lab, environment: Environment, tmp_path_factory: Any
) -> Iterator[Away]:
    """The environment with its archive in one of the stores, in the place of the lab's."""
    kind: Kind = request.param
    store = Elsewhere(lab, kind)
    store.start()
    environment.down()
    module = tmp_path_factory.mktemp(kind) / f"{_NAME}.py"
    to_module(valid.edited(str(_MODULE), _CHANGES[kind]), module)
    made = Environment(lab, module)
    spec = made.spec.databases["app"]
    archive = Archive(
        bucket=spec.backup.bucket.bucket,
        endpoint=store.endpoint,
        credentials=_NAME,
        ca=_NAME,
        prefix="site/databases/",
    )
    database = Deployed(
        lab,
        spec.namespace,
        spec.cluster,
        archive,
        spec.image,
        holds=spec.database,
        host=spec.host,
        first=spec.cluster,
    )
    with ThreadPoolExecutor(1) as pool:
        rising = pool.submit(made.up)
        lab.wait("its namespace", lambda: bool(lab.get(f"/api/v1/namespaces/{spec.namespace}")))
        lab.apply([store.secret(spec.namespace, _NAME)])
        arguments = [store.endpoint, archive.bucket, "locked" if kind == "minio" else "plain"]
        place = (spec.namespace, "make-bucket")
        archives.ask(lab, place, archive.configuration, archives.CONNECT + _MAKE, arguments)
        rising.result()
    database.wait_archiving()
    database.sql("create table kept (id int, word text)")
    yield Away(store, database)
    store.start()
    made.down()
    store.stop()
    environment.up()


def test_what_is_archived_to_a_store_that_is_not_ceph_is_restored(away: Away, claim: Claim) -> None:
    database = away.database
    assert database.archive
    database.sql("insert into kept select g, 'before' from generate_series(1, 1000) g")
    database.back_up(f"away-{away.store.kind}")
    database.sql("insert into kept select g, 'later' from generate_series(1001, 1500) g")
    database.archive_now()
    found = archives.objects(database.lab, database.namespace, database.archive)
    assert found
    assert all(key.startswith("site/databases/away/") for key in found)
    encrypted = {it.get("ServerSideEncryption") for it in found.values()}
    assert encrypted == ({"AES256"} if away.store.kind == "minio" else {None})
    database.window()  # a fault if nothing is read of a path in the bucket
    with database.restored("away-restored") as (restored, seconds):
        assert restored.sql(_ROWS) == database.sql(_ROWS)
        claim(f"restored from {away.store.kind}", seconds, "s")


def test_keys_of_a_store_that_is_not_ceph_are_rotated_without_a_restart(
    away: Away, claim: Claim
) -> None:
    database = away.database
    before = database.started()
    began = time.monotonic()
    away.store.rotate()
    database.lab.apply([away.store.secret(database.namespace, _NAME)])
    database.archive_now()
    claim(f"archived with new keys of {away.store.kind}", time.monotonic() - began, "s")
    assert database.started() == before


def test_with_a_store_that_is_not_ceph_away_writes_go_on_and_nothing_is_lost(
    away: Away, claim: Claim
) -> None:
    database = away.database
    with load(database) as writer:
        away.store.stop()
        gone = time.time()
        while time.time() < gone + _AWAY_SECONDS:
            database.close_segment()
            time.sleep(_AWAY_SECONDS / 4)
        piled = int(database.sql(_WAITING))
        during = [at for at in writer.acknowledged().values() if at > gone]
        away.store.start()
        back = time.time()
        database.lab.wait("the piled WAL archived", lambda: database.sql(_WAITING) == "0", 300)
        claim(f"drained after {_AWAY_SECONDS} s without {away.store.kind}", time.time() - back, "s")
        acknowledged = writer.acknowledged()
    database.archive_now()
    with database.restored("away-drained") as (restored, _):
        lost = missing(restored, acknowledged)
    claim("acknowledged transactions lost", len(lost), f"of {len(acknowledged)}")
    assert piled > 0, "the store was not away"
    assert max(during) > gone + _AWAY_SECONDS / 2, "writes stopped without a store"
    assert not lost
