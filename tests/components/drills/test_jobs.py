"""The drills of a database as they are declared: when, with which keys, and how they end."""

import json
from collections.abc import Mapping
from typing import Any, get_args

import pytest

from components.pods.evidence import Depth
from components.pods.waldump import SERVER
from tests import valid
from tests.support import declared

COPIED = {"offsite": valid.offsite(secret="offsite-copy", ca_secret="offsite-ca")}
DEPTHS = get_args(Depth)
Manifests = Mapping[tuple[str, str], Mapping[str, Any]]


def drills_of(changes: Mapping[str, Any] = {}) -> Manifests:
    """Return what is in the namespace of drills of homelab with *changes*, by kind and name."""
    manifests = declared(valid.homelab(changes)).manifests()
    return {
        (it["kind"], it["metadata"]["name"]): it
        for it in manifests
        if it["metadata"].get("namespace") == "tier0-drills"
    }


def job_of(manifests: Manifests, depth: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = manifests["CronJob", f"n8n-{depth}"]["spec"]["jobTemplate"]["spec"]
    return found


def pod_of(manifests: Manifests, depth: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = job_of(manifests, depth)["template"]["spec"]
    return found


def settings_of(manifests: Manifests, depth: str) -> Mapping[str, Any]:
    (container,) = pod_of(manifests, depth)["containers"]
    assert container["command"][:3] == ["python3", "-m", "pods.drill"]
    found: Mapping[str, Any] = json.loads(container["command"][3])
    return found


@pytest.fixture(scope="module")
def manifests() -> Manifests:
    return drills_of(COPIED)


def test_each_depth_has_its_schedule_in_utc() -> None:
    declared = valid.drills(look="1 * * * *", restore="2 3 * * *", deep="3 4 * * 6")
    found = drills_of({"databases.n8n.drills": declared})
    for depth, schedule in zip(DEPTHS, ("1 * * * *", "2 3 * * *", "3 4 * * 6"), strict=True):
        spec = found["CronJob", f"n8n-{depth}"]["spec"]
        assert (spec["schedule"], spec["timeZone"]) == (schedule, "Etc/UTC")
        assert settings_of(found, depth)["depth"] == depth


@pytest.mark.parametrize("suspended", [True, False])
def test_suspended_drills_are_there_and_not_begun(suspended: bool) -> None:  # noqa: FBT001 - a value
    found = drills_of({"databases.n8n.drills": valid.drills(suspended=suspended)})
    for depth in DEPTHS:
        assert found["CronJob", f"n8n-{depth}"]["spec"]["suspend"] is suspended


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_drill_is_never_caught_up_nor_tried_again(manifests: Manifests, depth: str) -> None:
    spec, job = manifests["CronJob", f"n8n-{depth}"]["spec"], job_of(manifests, depth)
    assert spec["concurrencyPolicy"] == "Forbid"
    # The controller looks every ten seconds; one that is short of that begins none.
    assert 10 < spec["startingDeadlineSeconds"] <= 300
    assert job["backoffLimit"] == 0
    assert pod_of(manifests, depth)["restartPolicy"] == "Never"


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_drill_ends_by_itself_before_it_is_ended_and_has_time_to_clean_up(depth: str) -> None:
    found = drills_of({"databases.n8n.drills": valid.drills(deadline="30m")})
    job = job_of(found, depth)
    assert settings_of(found, depth)["within_seconds"] == 1800
    assert job["activeDeadlineSeconds"] == 1800 + 300
    assert job["template"]["spec"]["terminationGracePeriodSeconds"] == 60
    assert job["ttlSecondsAfterFinished"] > 0, "what it owns would stay for ever"


@pytest.mark.parametrize("depth", DEPTHS)
def test_each_container_has_bounds(manifests: Manifests, depth: str) -> None:
    pod = pod_of(manifests, depth)
    for container in [*pod["containers"], *pod["initContainers"]]:
        assert container["resources"]["limits"].keys() == {"cpu", "memory"}
    assert all("sizeLimit" in it["emptyDir"] for it in pod["volumes"] if "emptyDir" in it)


def test_pg_waldump_is_the_databases_and_ends_with_the_program(manifests: Manifests) -> None:
    pod = pod_of(manifests, "look")
    (beside,) = pod["initContainers"]
    assert (beside["name"], beside["restartPolicy"]) == ("waldump", "Always")
    assert beside["image"] == "ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie"
    assert "trap 'exit 0' TERM" in SERVER, "the shell is process 1, which no signal ends"
    (main,) = pod["containers"]
    shared = {"name": "scratch", "mountPath": "/scratch"}
    assert shared in main["volumeMounts"]
    assert shared in beside["volumeMounts"]
    assert {"name": "TMPDIR", "value": "/scratch"} in main["env"]


def test_a_drill_knows_the_job_that_will_own_what_it_makes(manifests: Manifests) -> None:
    (main,) = pod_of(manifests, "deep")["containers"]
    fields = {
        it["name"]: it["valueFrom"]["fieldRef"]["fieldPath"]
        for it in main["env"]
        if "valueFrom" in it
    }
    assert fields == {
        "JOB_NAME": "metadata.labels['batch.kubernetes.io/job-name']",
        "JOB_UID": "metadata.labels['batch.kubernetes.io/controller-uid']",
    }


def test_a_drill_has_the_keys_of_two_stores_as_files(manifests: Manifests) -> None:
    mounted = {
        it["name"]: [part["secret"]["name"] for part in it["projected"]["sources"]]
        for it in pod_of(manifests, "restore")["volumes"]
        if "projected" in it
    }
    assert mounted == {
        "source": ["n8n-archive-reader", "tier0-ca"],
        "target": ["offsite-copy", "offsite-ca"],
    }


def test_a_role_is_what_keeps_two_databases_apart() -> None:
    """Both have the same cluster name, in two namespaces."""
    changes = {
        "databases": {
            role: valid.database(role, cluster="postgres", drills=valid.drills())
            for role in ("n8n", "shop")
        }
    }
    found = declared(valid.homelab(changes)).manifests()
    names = [it["metadata"]["name"] for it in found if it["kind"] == "CronJob"]
    assert sorted(names) == sorted(f"{it}-{depth}" for it in ("n8n", "shop") for depth in DEPTHS)


def test_nothing_of_the_record_is_declared_so_that_it_belongs_to_who_writes_it(
    manifests: Manifests,
) -> None:
    record = manifests["ConfigMap", "n8n-drills"]
    assert record.keys() == {"apiVersion", "kind", "metadata"}
    assert settings_of(manifests, "look")["record"] == "n8n-drills"


def test_an_object_store_of_drills_deletes_nothing(manifests: Manifests) -> None:
    for name, secret in {
        "n8n-archive": "n8n-archive-reader",
        "n8n-offsite": "offsite-copy",
    }.items():
        spec = manifests["ObjectStore", name]["spec"]
        assert "retentionPolicy" not in spec
        limits = spec["instanceSidecarConfiguration"]["resources"]["limits"]
        assert limits.keys() == {"cpu", "memory"}
        credentials = spec["configuration"]["s3Credentials"]
        assert {it["name"] for it in credentials.values()} == {secret}


def test_the_in_tree_method_needs_no_object_store() -> None:
    found = drills_of({**COPIED, "databases.n8n.backup.method": "in-tree"})
    assert not [name for kind, name in found if kind == "ObjectStore"]


def test_a_disposable_environment_has_drills_only_where_they_are_declared() -> None:
    assert drills_of({"disposable": True}) == {}
    declared = {"disposable": True, "databases.n8n.drills": valid.drills()}
    assert ("CronJob", "n8n-restore") in drills_of(declared)
