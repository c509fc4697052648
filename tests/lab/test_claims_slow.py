"""The store slow, and not away: WAL is written faster than it goes through.

Six minutes on a quiet machine.
"""

import itertools
import time
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from components.postgres.wal import kept_wal
from tests.lab.alerting import SOONER, Alerting, Fired
from tests.lab.conftest import Claim
from tools.lab.cluster import Lab
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.environment import Environment
from tools.lab.databases.load import load, missing
from tools.lab.machine import network
from tools.lab.operators import ceph, prometheus

pytestmark = [pytest.mark.own_parts("Prometheus"), pytest.mark.group("alone")]

_MEBIBYTE = 2**20
_BYTES_PER_SECOND = 150_000
_SEGMENTS = 9
"""Filled with the store slow: more than the five of which the alert speaks."""

_PAUSE = 3.0
_WANTED: list[Fired] = [("WalPilesUp", "n8n"), ("RestorableLate", "n8n")]

_FILL = """
insert into slow
select g, md5(random()::text) || md5(random()::text) from generate_series(1, 75000) g
"""
"""Half a segment, half of which compression leaves."""

_WAITING = "select count(*) from pg_ls_archive_statusdir() where name like '%.ready'"
_HELD = "select sum(size) from pg_ls_waldir()"


@pytest.fixture(scope="module")
def alerting(lab: Lab, n8n: Deployed, environment: Environment) -> Iterator[Alerting]:
    """Prometheus with the environment's alerts; n8n archives, and has a table to be filled."""
    n8n.wait_archiving()
    n8n.sql("create table if not exists slow (id int, word text)")
    yield Alerting(lab, environment.spec)
    n8n.sql("drop table slow")
    prometheus.watch(lab)


def _gateway(lab: Lab, store: str) -> str:
    """Return the address of the pod of the store's only gateway."""
    chosen = quote(f"app=rook-ceph-rgw,rgw={store}")
    path = f"/api/v1/namespaces/{ceph.NAMESPACE}/pods?labelSelector={chosen}"
    (pod,) = lab.kube.items(path)
    return str(pod["status"]["podIP"])


def test_with_a_store_slower_than_the_writes_they_go_on_and_what_waits_grows_until_it_alerts(
    alerting: Alerting, lab: Lab, n8n: Deployed, environment: Environment, claim: Claim
) -> None:
    spec = environment.spec
    segment = spec.databases["n8n"].wal_segment * _MEBIBYTE
    kept = sum(kept_wal(spec.databases["n8n"]).values())
    waiting, held = [0], [0]
    with load(n8n) as writer:
        with (
            network.slowed(_gateway(lab, environment.store.name), _BYTES_PER_SECOND),
            alerting.firing_for(*_WANTED, seconds=300) as took,
        ):
            slow = time.time()
            for _ in range(_SEGMENTS * 2):
                n8n.sql(_FILL)
                waiting.append(int(n8n.sql(_WAITING)))
                held.append(int(n8n.sql(_HELD)) - waiting[-1] * segment)
                time.sleep(_PAUSE)
            filled = time.time()
        fast = time.time()
        lab.wait("the piled WAL archived", lambda: int(n8n.sql(_WAITING)) == 0, 300)
        drained = time.time() - fast
        acknowledged = writer.acknowledged()
    n8n.archive_now()
    with n8n.restored("n8n-slow") as (restored, _):
        lost = missing(restored, acknowledged)
    times = sorted(at for at in acknowledged.values() if slow < at < filled)
    longest = max(later - earlier for earlier, later in itertools.pairwise(times))
    claim(f"segments that waited after {filled - slow:.0f} s of writes", waiting[-1], "")
    for (name, _), seconds in took.items():
        claim(f"Tier0{name}, with `for` / {SOONER}", seconds, "s")
    claim("longest without an acknowledged write meanwhile", longest, "s")
    claim("WAL on the volume besides what waits", max(held) / _MEBIBYTE, "MiB")
    claim("drained in", drained, "s")
    claim("acknowledged transactions lost", len(lost), f"of {len(acknowledged)}")
    assert waiting[_SEGMENTS] < waiting[-1], "the store kept up"
    assert longest < 5, "writes stopped with a slow store"
    assert max(held) <= kept + 2 * segment, "more WAL is kept than the rules count"
    assert not lost
