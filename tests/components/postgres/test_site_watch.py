"""The pod that tells how far a replica follows, as it is declared."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from components.postgres.site_watch import alerts
from tests import valid
from tests.recovery import by_name
from tests.support import declared


def _objects(**site: Any) -> Mapping[tuple[str, str], Any]:
    database = valid.following(site=valid.site(**site))
    environment = valid.environment(monitored=True, databases={"n8n": database})
    return by_name(declared(environment))


def test_a_replica_is_watched_with_the_keys_of_both_archives_and_no_account() -> None:
    found = _objects()
    pod = found["Deployment", "n8n-postgres-site"]["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    (container,) = pod["containers"]
    told = json.loads(container["command"][-1])
    assert (told["server"], told["followed"]) == ("n8n-postgres-g2", "n8n-north")
    assert told["other"]["prefix"] == "n8n-backups/"
    assert told["source"]["bucket"] == "n8n-backups"
    files = found["ConfigMap", "n8n-postgres-site"]["data"]
    assert set(files) == {"__init__.py", "following.py", "s3.py", "served.py", "wal.py"}


def test_a_primary_is_not_watched_as_it_follows_nothing() -> None:
    found = _objects(role="primary", lost="it burnt down")
    assert ("Deployment", "n8n-postgres-site") not in found
    assert ("PrometheusRule", "n8n-postgres-site") not in found


def test_no_other_alert_speaks_of_the_lag_of_a_replica_which_is_the_archives() -> None:
    for role, lags in (("replica", False), ("primary", True)):
        grounds = {"lost": "it burnt down"} if role == "primary" else {}
        rule = _objects(role=role, **grounds)["PrometheusRule", "n8n-postgres"]
        names = {it["alert"] for group in rule["spec"]["groups"] for it in group["rules"]}
        assert ("Tier0ReplicationLags" in names) == lags
        assert "Tier0ReplicasMissing" in names


@pytest.mark.parametrize(("delay", "late"), [(None, 600), ("8h", 600 + 8 * 3600)])
def test_a_delay_is_not_late(delay: str | None, late: int) -> None:
    site = valid.site(min_apply_delay=delay)
    found = {it.name: it for it in alerts("n8n", valid.following(site=site), site)}
    assert found["SiteLate"].expression.endswith(f"> {late}")


def test_the_other_sites_store_is_asked_for_its_own_region() -> None:
    found = _objects(archive=valid.site_archive(region="garage"))
    pod = found["Deployment", "n8n-postgres-site"]["spec"]["template"]["spec"]
    told = json.loads(pod["containers"][0]["command"][-1])
    assert (told["source"]["region"], told["other"]["region"]) == ("us-east-1", "garage")
