"""The store outside of the node away for five minutes, once for all that use it.

A database archives to it and the environment's archive is copied to it; the node's own store goes
on, for the tests beside. Ten minutes on a quiet machine.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from components.spec.words import seconds as in_seconds
from tests.lab.conftest import BUCKET, Claim
from tools import kube
from tools.lab.cluster import Lab
from tools.lab.databases.copier import Copier
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.environment import Environment
from tools.lab.databases.load import load, missing
from tools.lab.offsite.store import Offsite
from tools.lab.operators import prometheus

pytestmark = [pytest.mark.own_parts("off-site store"), pytest.mark.group("outside")]

AWAY_SECONDS = 300
_SWITCHES = 5
_WAITING = "select count(*) from pg_ls_archive_statusdir() where name like '%.ready'"
_LATE = {"Tier0OffsiteWalLate", "Tier0OffsiteFailing"}


@dataclass(frozen=True)
class Outage:
    """What was seen of the store's absence by what archives to it, and by what copies to it."""

    acknowledged: dict[int, float]
    """Every row that the database has acknowledged before, in and after it, with its time."""

    during: list[float]
    """The times of those acknowledged while the store was away, in seconds since it went."""

    piled: int
    """Segments that waited at its end."""

    drained: float
    """Seconds from its return until none waited."""

    usual_lag: float
    """The copy's lag before, in seconds."""

    lag: float
    """The copy's lag at its end."""

    loud: float | None
    """Seconds until both alerts fired; None if they never did."""

    said: str
    """What the copier said of it."""

    caught_up: float
    """Seconds from its return until the copy had everything."""


@pytest.fixture(scope="module")
def beside(n8n: Deployed, offsite: Offsite) -> Iterator[Deployed]:
    """A copy of the environment's database that archives to the store outside of the node."""
    with n8n.copied("n8n-alone", 1, barmanObjectName=BUCKET) as copied:
        copied.wait_archiving()
        copied.back_up(f"{copied.name}-base")
        try:
            yield copied
        finally:
            offsite.start()


@pytest.fixture(scope="module")
def outage(
    lab: Lab,
    n8n: Deployed,
    beside: Deployed,
    store: Offsite,
    copier: Copier,
    environment: Environment,
) -> Outage:
    """The store away for AWAY_SECONDS and back, with everything archived and copied again."""
    assert environment.spec.offsite
    prometheus.watch(lab)
    n8n.archive_now()
    copier.wait_copied("wal", time.time())
    usual = in_seconds(environment.spec.offsite.rpo)
    kube.wait("lag in Prometheus", lambda: 0 <= _lag(lab) < usual, lambda: str(_lag(lab)))
    usual_lag = _lag(lab)
    assert not _alerts(lab), "an alert fires before anything is wrong"
    with load(beside) as writer:
        gone = time.time()
        try:
            store.stop()
            n8n.archive_now()
            loud = _wait_out(lab, beside, gone)
            piled = int(beside.sql(_WAITING))
            during = [at - gone for at in writer.acknowledged().values() if at > gone]
            lag, said = _lag(lab), str(copier.lines()[-1].get("fault"))
        finally:
            store.start()
        back = time.time()

        def catch_up() -> float:
            copier.wait_copied("wal", back)
            return time.time() - back

        with ThreadPoolExecutor(1) as meanwhile:
            copied = meanwhile.submit(catch_up)
            kube.wait(
                "the piled WAL archived",
                lambda: int(beside.sql(_WAITING)) == 0,
                lambda: f"{beside.sql(_WAITING)} segments wait",
                400,
            )
            drained = time.time() - back
            caught_up = copied.result()
        acknowledged = writer.acknowledged()
    return Outage(acknowledged, during, piled, drained, usual_lag, lag, loud, said, caught_up)


def _wait_out(lab: Lab, beside: Deployed, gone: float) -> float | None:
    """Stay until the outage has lasted; return after how many seconds both alerts fired."""
    loud = None
    for turn in range(1, _SWITCHES + 1):
        while time.time() < gone + AWAY_SECONDS * turn / _SWITCHES:
            if loud is None and _alerts(lab) >= _LATE:
                loud = time.time() - gone
            time.sleep(2)
        beside.sql("select pg_switch_wal()")
    return loud


def test_with_the_store_away_writes_go_on_and_wal_drains_afterwards(
    beside: Deployed, outage: Outage, claim: Claim
) -> None:
    beside.archive_now()
    with beside.restored("n8n-drained") as (restored, _):
        lost = missing(restored, outage.acknowledged)
    claim(f"writes accepted in {AWAY_SECONDS} s without a store", len(outage.during), "rows")
    claim("segments piled up", outage.piled, "")
    claim("drained in", outage.drained, "s")
    claim("acknowledged transactions lost", len(lost), f"of {len(outage.acknowledged)}")
    assert outage.piled > 0, "the store was not away"
    assert max(outage.during, default=0) > AWAY_SECONDS / 2, "writes stopped without a store"
    assert not lost


def test_the_copys_lag_is_measured_and_an_outage_alerts_and_is_caught_up(
    lab: Lab, environment: Environment, outage: Outage, claim: Claim
) -> None:
    assert environment.spec.offsite
    rpo = environment.spec.offsite.rpo
    claim("lag of a copy that goes well", outage.usual_lag, "s")
    claim("lag with the other store away", outage.lag, "s")
    assert outage.loud is not None, f"no alert within {AWAY_SECONDS} s"
    claim(f"until it alerts, of an RPO of {rpo}", outage.loud, "s")
    claim("from its return until the copy has everything", outage.caught_up, "s")
    assert outage.loud <= in_seconds(rpo) + 120
    assert outage.lag >= in_seconds(rpo)
    assert "it does not answer" in outage.said
    kube.wait("no alert", lambda: not _LATE & _alerts(lab), lambda: str(_alerts(lab)), 120)


def _lag(lab: Lab) -> float:
    """Return the age of the copy's WAL in seconds; less than 0 where Prometheus knows none."""
    until = 'tier0_offsite_copied_until_timestamp_seconds{database="n8n",part="wal"}'
    found = prometheus.query(lab, f"time() - max({until})")
    return float(found[0]["value"][1]) if found else -1.0


def _alerts(lab: Lab) -> set[str]:
    """Return the alerts that fire for the copy."""
    firing = 'ALERTS{database="n8n",alertname=~"Tier0Offsite.*",alertstate="firing"}'
    return {one["metric"]["alertname"] for one in prometheus.query(lab, firing)}
