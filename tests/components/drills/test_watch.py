"""What watches an archive, as it is declared."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests import valid
from tests.support import declared

COPIED = valid.homelab({"offsite": valid.offsite(secret="offsite-copy"), "monitored": True})


def _manifests(environment: Any) -> dict[str, Mapping[str, Any]]:
    found = declared(environment).manifests()
    return {f"{one['kind']} {one['metadata']['name']}": one for one in found}


@pytest.fixture(scope="module")
def manifests() -> Mapping[str, Any]:
    return _manifests(COPIED)


def _pod(manifests: Mapping[str, Any]) -> Mapping[str, Any]:
    pod: Mapping[str, Any] = manifests["Deployment n8n-postgres-watch"]["spec"]["template"]
    return pod


def test_a_drill_reaches_it_by_the_address_that_it_is_given(manifests: Mapping[str, Any]) -> None:
    drill = manifests["CronJob n8n-look"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    told = json.loads(drill["containers"][0]["command"][-1])
    service = manifests["Service n8n-postgres-watch"]
    (port,) = service["spec"]["ports"]
    place = f"{service['metadata']['name']}.{service['metadata']['namespace']}.svc:{port['port']}"
    assert told["watch"] == f"http://{place}"
    labels = _pod(manifests)["metadata"]["labels"]
    assert service["spec"]["selector"].items() <= labels.items()
    assert labels["cnpg.io/cluster"] == "n8n-postgres", "the NetworkPolicy selects it"


def test_it_may_read_one_record_and_nothing_else(manifests: Mapping[str, Any]) -> None:
    role = manifests["Role n8n-watch"]
    assert role["metadata"]["namespace"] == "tier0-drills"
    (rule,) = role["rules"]
    assert (rule["resources"], rule["resourceNames"], rule["verbs"]) == (
        ["configmaps"],
        ["n8n-drills"],
        ["get"],
    )
    (subject,) = manifests["RoleBinding n8n-watch"]["subjects"]
    assert subject["namespace"] == "n8n-prod"
    assert _pod(manifests)["spec"]["serviceAccountName"] == subject["name"]
    others = [it for it in manifests.values() if it["kind"] == "RoleBinding" and it["subjects"]]
    assert [it["metadata"]["name"] for it in others if subject in it["subjects"]] == ["n8n-watch"]


def test_its_keys_are_files_and_it_starts_without_them(manifests: Mapping[str, Any]) -> None:
    volumes = {it["name"]: it for it in _pod(manifests)["spec"]["volumes"]}
    secrets = {
        name: {
            one["secret"]["name"]: [item["path"] for item in one["secret"]["items"]]
            for one in it["projected"]["sources"]
            if one["secret"]["optional"]
        }
        for name, it in volumes.items()
        if "projected" in it
    }
    assert secrets == {
        "heartbeat": {
            "n8n-postgres-heartbeat-client-cert": ["tls.crt", "tls.key"],
            "n8n-postgres-ca": ["ca.crt"],
        },
        "source": {"n8n-postgres-backup-s3": ["access", "secret"], "tier0-ca": ["ca.crt"]},
        "target": {"offsite-copy": ["access", "secret"]},
    }


def test_the_program_is_told_of_the_active_generation() -> None:
    restored = valid.restored()
    manifests = _manifests(restored)
    found = next(
        it
        for name, it in manifests.items()
        if name.startswith("Deployment ") and name.endswith("-watch")
    )
    told = json.loads(found["spec"]["template"]["spec"]["containers"][0]["command"][-1])
    spec = restored.databases[told["database"]]
    assert told["host"] == f"{spec.current.cluster}-rw"
    assert told["instances"] == f"{spec.current.cluster}-r"
    assert told["server"] == spec.server_name
    assert found["metadata"]["name"] == f"{spec.cluster}-watch"


def test_a_certificate_that_is_made_elsewhere_is_verified_by_the_name_of_clients() -> None:
    own = valid.own_certificates(server_tls_secret="n8n-tls")
    found = _manifests(valid.homelab({"databases.n8n.certificates": own}))
    pod = found["Deployment n8n-postgres-watch"]["spec"]["template"]["spec"]
    told = json.loads(pod["containers"][0]["command"][-1])
    assert told["host"] == "n8n-postgres.n8n-prod.svc"
    (volume,) = (it for it in pod["volumes"] if it["name"] == "heartbeat")
    secrets = [it["secret"]["name"] for it in volume["projected"]["sources"]]
    assert secrets == ["n8n-postgres-heartbeat-client-cert", "n8n-tls"]


def test_pg_waldump_comes_from_the_databases_image(manifests: Mapping[str, Any]) -> None:
    program, waldump = _pod(manifests)["spec"]["containers"]
    assert waldump["image"] == COPIED.databases["n8n"].image
    assert program["image"] != waldump["image"]


def test_its_metrics_are_read_where_the_databases_are(manifests: Mapping[str, Any]) -> None:
    monitor = manifests["PodMonitor n8n-postgres-watch"]["spec"]
    labels = _pod(manifests)["metadata"]["labels"]
    assert monitor["selector"]["matchLabels"].items() <= labels.items()
    (end,) = monitor["podMetricsEndpoints"]
    ports = _pod(manifests)["spec"]["containers"][0]["ports"]
    assert [it["name"] for it in ports] == [end["port"]]
    assert "PodMonitor n8n-postgres-watch" not in _manifests(valid.homelab({}))


def test_every_generation_has_the_heartbeat_and_lets_its_role_in() -> None:
    manifests = _manifests(valid.restored())
    clusters = [name.split()[1] for name in manifests if name.startswith("Cluster ")]
    assert len([it for it in clusters if it != "drill"]) > 1
    for cluster in clusters:
        role = manifests[f"DatabaseRole {cluster}-heartbeat"]["spec"]
        assert role["cluster"]["name"] == cluster
        assert manifests[f"Database {cluster}-heartbeat"]["spec"]["owner"] == role["name"]
        lines = manifests[f"Cluster {cluster}"]["spec"]["postgresql"]["pg_hba"]
        assert lines == ["hostssl tier0_heartbeat tier0_heartbeat all cert"]


def test_a_database_without_drills_has_none_of_it() -> None:
    manifests = _manifests(valid.homelab({"disposable": True}))
    assert [name for name in manifests if "heartbeat" in name or "watch" in name] == []
    assert "pg_hba" not in manifests["Cluster n8n-postgres"]["spec"]["postgresql"]
