"""Alerts, by a real Prometheus, of what was applied to the lab: silent, firing, and silent again.

Next to the applied PrometheusRules it evaluates a copy of each alert whose `for` is a sixtieth, a
second for a minute, so that what must last for hours fires within minutes. Nothing else differs.
It takes a quarter of an hour on a quiet machine.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from urllib.parse import quote

import pytest

from components.postgres.drills import watch_name
from components.postgres.generations import FENCED
from tests.lab.alerting import SOONER, Alerting, Fired
from tests.lab.conftest import Claim
from tests.lab.drilling import ROLE, Drilling, why
from tools import Fault, kube
from tools.lab.cluster import Lab
from tools.lab.databases import archives
from tools.lab.databases.copier import Copier
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.environment import Environment
from tools.lab.offsite.store import COPIER, Offsite
from tools.lab.operators import cert_manager, prometheus

pytestmark = [pytest.mark.own_parts("Prometheus", "off-site store"), pytest.mark.group("alone")]

UNMEASURED = ("kubelet_volume_stats_available_bytes", "kubelet_volume_stats_capacity_bytes")
"""The lab's volumes are folders of the node, of which no kubelet has such metrics."""

EXPECTED: set[Fired] = {("VolumeUnknown", "n8n"), ("VolumeUnknown", "legacy")}
"""What says so."""

LEFT: set[Fired] = {("OffsiteDiffers", "n8n")}
"""True for good after tests that damage what was copied: the copy keeps the first version."""

IDLE_SECONDS = 150
_SEGMENTS = 7
"""Closed with the store away; more than 5 that wait are an alert."""


@pytest.fixture(scope="module")
def alerting(
    lab: Lab, drilling: Drilling, legacy: Deployed, store: Offsite, environment: Environment
) -> Iterator[Alerting]:
    """Prometheus, while everything is well: backed up, copied and drilled."""
    lab.apply([store.copier_secret(legacy.namespace)])
    legacy.back_up(f"legacy-alerts-{int(time.time())}")
    Copier.of(legacy).wait_copied("base", time.time())
    drilling.run("--depth", "look", "--from", "archive")
    _drill_well(drilling)
    made = Alerting(lab, environment.spec)
    made.wait_quiet(EXPECTED | LEFT, 600)
    yield made
    prometheus.watch(lab)
    lab.kube.delete("v1", "Secret", COPIER, legacy.namespace)


def _drill_well(drilling: Drilling) -> None:
    """Repeat each drill whose last one was not good."""
    for depth in ("look", "restore", "deep"):
        last = drilling.recorded(depth)
        if last and last["verdict"] != "passed":
            status, found = drilling.run("--depth", depth, "--from", "archive")
            assert status == 0, why(found)


def _claimed(claim: Claim, took: dict[Fired, float]) -> None:
    for (name, role), seconds in took.items():
        claim(f"Tier0{name}{f' of {role}' if role else ''}, with `for` / {SOONER}", seconds, "s")


def test_every_rule_that_was_applied_loads_and_what_it_asks_for_is_measured(
    alerting: Alerting, claim: Claim
) -> None:
    wanted = {
        rule.get("alert", rule.get("record"))
        for one in alerting.applied
        for group in one["spec"]["groups"]
        for rule in group["rules"]
    }

    def evaluated() -> bool:
        found = prometheus.rules(alerting.lab)
        return bool(found) and all(rule["health"] != "unknown" for rule in found)

    alerting.lab.wait("each rule is evaluated", evaluated)
    found = prometheus.rules(alerting.lab)
    assert {rule["name"] for rule in found} == wanted
    assert not [(rule["name"], rule["lastError"]) for rule in found if rule["health"] != "ok"]
    selectors = alerting.selectors()

    def silent() -> set[tuple[str, str]]:
        return {
            (name, selector)
            for name, asked in selectors.items()
            for selector in asked
            if not selector.startswith(UNMEASURED)
            and not prometheus.query(alerting.lab, f"count({selector})")
        }

    # What was only just deployed is not scraped yet.
    kube.wait("each series is measured", lambda: not silent(), lambda: str(silent()))
    claim("alerts by name", len(selectors), "")
    claim("series that they select, all measured", len(set[str]().union(*selectors.values())), "")


def test_nothing_fires_on_healthy_databases_that_nothing_is_written_to(
    alerting: Alerting, claim: Claim
) -> None:
    time.sleep(IDLE_SECONDS)
    fired = alerting.firing(IDLE_SECONDS - 10)
    assert fired >= EXPECTED
    assert fired <= EXPECTED | LEFT
    claim("time without an alert, by the shorter `for`", IDLE_SECONDS * SOONER / 3600, "h")


@contextmanager
def _fenced(database: Deployed, instances: str) -> Iterator[None]:
    """Have the operator stop PostgreSQL in instances, a JSON list, without their pods."""
    kube, place = database.lab.kube, ("postgresql.cnpg.io/v1", "Cluster", database.name)

    def annotate(value: str | None) -> None:
        change = {"metadata": {"annotations": {FENCED: value}}}
        kube.patch(*place, database.namespace, change=change)

    annotate(instances)
    try:
        yield
    finally:
        annotate(None)


def test_a_replica_and_a_primary_that_are_missing_alert_and_it_resolves(
    alerting: Alerting, n8n: Deployed, legacy: Deployed, claim: Claim
) -> None:
    status = n8n.status()
    (replica,) = set(status["instanceNames"]) - {status["currentPrimary"]}
    wanted: list[Fired] = [("ReplicasMissing", "n8n"), ("DatabaseUnknown", "legacy")]
    with (
        _fenced(n8n, f'["{replica}"]'),
        _fenced(legacy, '["*"]'),
        alerting.firing_for(*wanted) as took,
    ):
        pass
    n8n.wait_healthy(2)
    legacy.wait_healthy(1)
    alerting.wait_quiet(EXPECTED | LEFT)
    _claimed(claim, took)


@contextmanager
def _stopped(lab: Lab, *deployments: tuple[str, str]) -> Iterator[None]:
    """Run no pod of Deployments, each a namespace and a name; the last is back first."""

    def scale(namespace: str, name: str, replicas: int) -> None:
        change = {"spec": {"replicas": replicas}}
        lab.kube.patch("apps/v1", "Deployment", name, namespace, change=change)

    def pods(namespace: str, name: str) -> list[str]:
        """Return its pods, those that still end too."""
        declared = lab.get(f"/apis/apps/v1/namespaces/{namespace}/deployments/{name}") or {}
        labels = declared["spec"]["selector"]["matchLabels"].items()
        chosen = quote(",".join(f"{key}={value}" for key, value in labels))
        found = lab.kube.items(f"/api/v1/namespaces/{namespace}/pods?labelSelector={chosen}")
        return [it["metadata"]["name"] for it in found]

    try:
        for place in deployments:
            scale(*place, 0)
        lab.wait("none of their pods", lambda: not any(pods(*place) for place in deployments))
        yield
    finally:
        for place in reversed(deployments):
            scale(*place, 1)


def test_what_measures_and_no_longer_runs_alerts_and_it_resolves(
    alerting: Alerting, lab: Lab, n8n: Deployed, copier: Copier, claim: Claim
) -> None:
    watch = (n8n.namespace, watch_name(n8n.first or n8n.name))
    issues = (cert_manager.NAMESPACE, "cert-manager")
    wanted: list[Fired] = [("WatchUnknown", "n8n"), ("OffsiteUnknown", "n8n")]
    wanted.append(("CertificatesUnknown", ""))
    gone = (watch, (copier.namespace, copier.name), issues)
    with _stopped(lab, *gone), alerting.firing_for(*wanted) as took:
        pass
    alerting.wait_quiet(EXPECTED | LEFT)
    _claimed(claim, took)


def test_a_store_that_is_away_alerts_by_each_of_its_effects_and_it_resolves(
    alerting: Alerting,
    lab: Lab,
    n8n: Deployed,
    legacy: Deployed,
    environment: Environment,
    claim: Claim,
) -> None:
    gateway = ("rook-ceph", f"rook-ceph-rgw-{environment.store.name}-a")
    wanted: list[Fired] = [("ArchiveFailing", "legacy"), ("ArchiveFailing", "n8n")]
    of_n8n = ("WalPilesUp", "RestorableLate", "WatchFailing", "BackupFailed")
    wanted += [(name, "n8n") for name in of_n8n]
    with (
        _stopped(lab, ("rook-ceph", "rook-ceph-operator"), gateway),
        alerting.firing_for(*wanted, seconds=600) as took,
    ):
        legacy.close_segment()
        for _ in range(_SEGMENTS):
            n8n.close_segment()
        n8n.start_backup(f"n8n-away-{int(time.time())}")
    for database in (n8n, legacy):
        lab.wait(f"{database.name} archives again", partial(_archives, database), 600)
    n8n.back_up(f"n8n-back-{int(time.time())}")
    alerting.wait_quiet(EXPECTED | LEFT, 600)
    _claimed(claim, took)


def _archives(database: Deployed) -> bool:
    try:
        return bool(database.archive_now())
    except Fault:
        return False


def test_a_drill_alerts_by_its_verdict_and_a_gap_alerts_and_both_resolve(
    alerting: Alerting, drilling: Drilling, copier: Copier, claim: Claim
) -> None:
    with alerting.firing_for(("DrillUnverified", ROLE)) as unverified, drilling.refused():
        assert drilling.run("--depth", "look", "--from", "archive")[0] == 5
    with alerting.firing_for(("DrillMissed", ROLE)) as missed, drilling.declared(rto_seconds=1):
        assert drilling.run("--from", "archive")[0] == 3
    wanted: list[Fired] = [("DrillFailed", ROLE), ("ArchiveGap", ROLE)]
    with _holed(drilling.database, copier), alerting.firing_for(*wanted) as failed:
        assert drilling.run("--depth", "look", "--from", "archive")[0] == 4
    _drill_well(drilling)
    alerting.wait_quiet(EXPECTED | LEFT)
    _claimed(claim, unverified | missed | failed)


@contextmanager
def _holed(database: Deployed, copier: Copier) -> Iterator[None]:
    """Have a segment missing in the archive, before others, that the copy has."""
    assert database.archive
    hole = database.archive_now()
    database.archive_now()
    copier.wait_copied("wal", time.time())
    place = (database.lab, database.namespace, database.archive)
    (key,) = archives.objects(*place, f"{database.name}/wals/{hole[:16]}/{hole}")
    with archives.without(*place, key):
        yield
