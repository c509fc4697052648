"""The off-site copy on a real API server, and each of its alerts fired once by Prometheus's own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests import valid
from tests.engine.rules import fires_alone
from tests.support import declared, to_module
from tools import Fault
from tools.engine.engine import Engine
from tools.sandbox.api_server import Sandbox

COPIED = valid.homelab({"offsite": valid.offsite(secret="offsite-copy", ca_secret="offsite-copy")})
"""Homelab whose archives are copied off-site."""

FRESH = "0+60x3000"  # copied until now, at one sample a minute
STALE = "0x3000"  # since 1970
UNTIL = "tier0_offsite_copied_until_timestamp_seconds"
FAILED = "tier0_offsite_failed"
DIFFERS = "tier0_offsite_differing_objects"


def test_the_api_server_accepts_the_copy_and_a_second_up_changes_nothing(
    engine: Engine, program: Path
) -> None:
    to_module(COPIED, program / "stacks" / "homelab.py")
    engine.begin("homelab")
    first = engine.run("up", "--yes", "--skip-preview").stdout
    for kind in ("apps/v1:Deployment", "PodMonitor", "PrometheusRule", "ObjectStore"):
        assert kind in first
    assert "created" not in engine.run("up", "--yes", "--skip-preview").stdout


@pytest.mark.parametrize("name", ["n8n-postgres-offsite", "n8n-postgres-watch"])
def test_its_pod_is_admitted_where_only_restricted_ones_are(sandbox: Sandbox, name: str) -> None:
    template = _manifest("Deployment", name)["spec"]["template"]
    account = template["spec"].get("serviceAccountName", "default")
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    place = {"name": "copy", "namespace": "strict", **template["metadata"]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": place, "spec": template["spec"]}
    with sandbox.cluster() as cluster:
        for kind, metadata in (
            ("Namespace", {"name": "strict", "labels": labels}),
            ("ServiceAccount", {"name": account, "namespace": "strict"}),
        ):
            made = {"apiVersion": "v1", "kind": kind, "metadata": metadata}
            cluster.apply(made, manager="test")
        cluster.apply(pod, manager="test", dry_run=True)
        pod["spec"]["containers"][0].pop("securityContext")
        with pytest.raises(Fault, match="violates PodSecurity"):
            cluster.apply(pod, manager="test", dry_run=True)


def _manifest(kind: str, name: str) -> Mapping[str, Any]:
    found = declared(COPIED).manifests()
    return next(one for one in found if (one["kind"], one["metadata"]["name"]) == (kind, name))


ALERTS = {
    # Alert: what is measured, and when it is there for the first time.
    "Tier0OffsiteWalLate": ({(UNTIL, "wal"): STALE, (UNTIL, "base"): FRESH}, "6m", "5m"),
    "Tier0OffsiteBaseLate": ({(UNTIL, "wal"): FRESH, (UNTIL, "base"): STALE}, "24h1m", "24h"),
    "Tier0OffsiteUnknown": ({}, "6m", "4m"),
    "Tier0OffsiteFailing": (
        {(UNTIL, "wal"): FRESH, (FAILED, "wal"): "0x3000", (FAILED, "base"): "1x3000"},
        "6m",
        "4m",
    ),
    "Tier0OffsiteUnlocked": (
        {(UNTIL, "wal"): FRESH, (FAILED, "lock"): "0 0 0 1x3000"},
        "3m",
        "2m",
    ),
    "Tier0OffsiteDiffers": (
        {(UNTIL, "wal"): FRESH, (DIFFERS, "base"): "0x3000", (DIFFERS, "wal"): "0 0 0 1x3000"},
        "3m",
        "2m",
    ),
}


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_fires_for_its_fault_alone_and_not_before(alert: str, tmp_path: Path) -> None:
    spec = _manifest("PrometheusRule", "n8n-postgres-offsite")["spec"]
    (rules,) = (group["rules"] for group in spec["groups"])
    assert {one["alert"] for one in rules} == set(ALERTS), "an alert without a test"
    series, at, before = ALERTS[alert]
    said = fires_alone(
        spec["groups"],
        alert,
        {
            f'{name}{{database="n8n",part="{part}"}}': values
            for (name, part), values in series.items()
        },
        at=at,
        before=before,
        folder=tmp_path,
    )
    assert not said, said
