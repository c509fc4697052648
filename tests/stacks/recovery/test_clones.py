"""A clone is made, closed off, asked, and removed whatever happens."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from stacks.cluster import ClusterClient, Manifest
from stacks.command import Fault
from stacks.environment import EnvironmentSpec
from stacks.recovery.clone_objects import Target, Wanted
from stacks.recovery.clones import clone, clones, make_clone, tidy, wanted_clone
from tests import valid
from tests.stacks.recovery.clusters import (
    HEALTHY,
    QUIET,
    SETTING_UP,
    Clones,
    instance,
    recovering,
)

_HOURS = timedelta(hours=4)


@pytest.fixture
def kube(monkeypatch: pytest.MonkeyPatch) -> Clones:
    """Return a cluster with homelab's Secrets, that answers at once."""
    monkeypatch.setattr("stacks.recovery.clone_state._POLL_SECONDS", 0)
    made = Clones()
    made.secret("n8n-prod", "n8n-postgres-backup-s3", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    made.secret("n8n-prod", "tier0-ca", "ca.crt", "tls.key")
    made.secret("n8n-prod", "offsite", "ACCESS_KEY_ID", "ACCESS_SECRET_KEY", "ca.crt")
    return made


def _client(kube: Clones) -> ClusterClient:
    return cast("ClusterClient", kube)


def _wanted(environment: EnvironmentSpec | None = None, **more: Any) -> Wanted:
    return wanted_clone(environment or valid.homelab(), "n8n", Target(), **more)


def _of(kube: Clones, kind: str) -> list[Manifest]:
    return [one for one in kube.made if one["kind"] == kind]


def test_all_that_is_made_has_its_own_namespace_and_ends_with_a_job(kube: Clones) -> None:
    wanted = _wanted()
    make_clone(_client(kube), wanted, _HOURS)
    namespace, policy, job, *owned = [one for one in kube.made if one["kind"] != "x"]
    assert (namespace["kind"], namespace["metadata"]["name"]) == ("Namespace", wanted.name)
    assert {one["metadata"]["namespace"] for one in [policy, job, *owned]} == {wanted.name}
    assert job["spec"] | {"template": ""} == {
        "parallelism": 0,
        "activeDeadlineSeconds": 28 * 3600,
        "ttlSecondsAfterFinished": 0,
        "template": "",
    }
    owner = {"apiVersion": "batch/v1", "kind": "Job", "name": "end", "uid": "uid of Job"}
    kinds = [one["kind"] for one in owned if one["metadata"].get("ownerReferences") == [owner]]
    assert kinds == ["Secret", "Secret", "ObjectStore", "Cluster"]


def test_it_ends_a_while_after_it_is_ready(kube: Clones) -> None:
    wanted = _wanted()
    made = make_clone(_client(kube), wanted, timedelta(hours=1))
    job = kube.there["Job", wanted.name, "end"]
    assert 3540 < job["spec"]["activeDeadlineSeconds"] <= 3602
    assert abs(made.until - datetime.now(UTC) - timedelta(hours=1)) < timedelta(minutes=1)


def test_a_clone_fetches_wal_as_a_generation_does(kube: Clones) -> None:
    make_clone(_client(kube), _wanted(valid.homelab({"databases.n8n.wal_segment": 64})), _HOURS)
    (store,) = _of(kube, "ObjectStore")
    assert store["spec"]["configuration"]["wal"]["restoreAdditionalCommandArgs"] == [
        "--no-partial",
        "--parallel=8",
        "--spool-dir=/controller/wal-restore-spool",
    ]


def test_only_the_keys_that_a_restore_needs_are_copied_and_they_do_not_stay(kube: Clones) -> None:
    wanted = _wanted()
    make_clone(_client(kube), wanted, _HOURS)
    copied = {one["metadata"]["name"]: sorted(one["data"]) for one in _of(kube, "Secret")}
    keys = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
    assert copied == {"n8n-postgres-backup-s3": keys, "tier0-ca": ["ca.crt"]}
    assert kube.there["Secret", wanted.name, "n8n-postgres-backup-s3"]["data"] == {}
    assert [*kube.there["Secret", wanted.name, "tier0-ca"]["data"]] == ["ca.crt"]


def test_its_images_are_pulled_with_a_copy_that_a_kubelet_takes(kube: Clones) -> None:
    kube.secret("n8n-prod", "registry", ".dockerconfigjson", "other")
    wanted = _wanted(valid.homelab({"databases.n8n.image_pull_secrets": ["registry"]}))
    make_clone(_client(kube), wanted, _HOURS)
    made = kube.there["Secret", wanted.name, "registry"]
    assert made["type"] == "kubernetes.io/dockerconfigjson"
    assert [*made["data"]] == [".dockerconfigjson"]


def test_a_ca_in_the_secret_of_the_keys_stays(kube: Clones) -> None:
    offsite = valid.offsite(secret="offsite", ca_secret="offsite")
    wanted = _wanted(valid.homelab({"offsite": offsite}), which="offsite")
    make_clone(_client(kube), wanted, _HOURS)
    assert [*kube.there["Secret", wanted.name, "offsite"]["data"]] == ["ca.crt"]


def test_it_reaches_the_store_until_it_is_restored(kube: Clones) -> None:
    make_clone(_client(kube), _wanted(), _HOURS)
    before, after = (len(one["spec"]["egress"]) for one in _of(kube, "NetworkPolicy"))
    assert (before, after) == (3, 2)


def test_its_store_deletes_nothing_and_its_sidecar_has_a_limit(kube: Clones) -> None:
    make_clone(_client(kube), _wanted(), _HOURS)
    (store,) = _of(kube, "ObjectStore")
    assert store["spec"].keys() == {"configuration", "instanceSidecarConfiguration"}
    sidecar = store["spec"]["instanceSidecarConfiguration"]
    assert sidecar["resources"]["limits"] == {"memory": "1Gi"}
    assert {"name": "AWS_REQUEST_CHECKSUM_CALCULATION", "value": "when_required"} in sidecar["env"]


def test_a_missing_secret_is_said_before_anything_is_made(kube: Clones) -> None:
    del kube.there["Secret", "n8n-prod", "tier0-ca"]
    with pytest.raises(Fault, match=r"^Secret n8n-prod/tier0-ca: it is not there, or has no key"):
        make_clone(_client(kube), _wanted(), _HOURS)
    assert kube.made == []


def test_each_step_is_said_with_its_seconds(
    kube: Clones, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = _wanted()
    made = make_clone(_client(kube), wanted, _HOURS)
    assert [*made.phases] == ["placing", "restoring", "starting", "ready"]
    said = capsys.readouterr().err.replace(wanted.name, "X").splitlines()
    assert [line.partition(", after")[0] for line in said] == [
        "X: a clone at the end of the archive",
        "X: waits for a node and a volume (Setting up primary)",
        "X: waits for a node and a volume (PodInitializing it says why)",
        "X: restores",
        "X: starts PostgreSQL",
        "X: ready; it archives nowhere and runs no logical replication, no preloaded library with "
        "workers and no background worker",
    ]


def test_two_at_once_have_two_names() -> None:
    assert len({_wanted().name for _ in range(50)}) == 50


def test_a_long_name_of_a_cluster_is_cut_to_what_cloudnativepg_takes() -> None:
    environment = valid.homelab({"databases.n8n.cluster": "n" * 38 + "-long-name"[:8]})
    name = _wanted(environment).name
    assert len(name) <= 50
    assert "--" not in name


def _failed(kube: Clones) -> str:
    record = {"error_severity": "FATAL", "message": "recovery ended before the target"}
    kube.log_text = (
        json.dumps({"level": "error", "msg": "x"})
        + "\n"
        + json.dumps({"level": "info", "logger": "postgres", "record": record})
    )
    kube.states = [(SETTING_UP, [recovering()]), (SETTING_UP, [recovering("Failed")])]
    return r"it cannot be restored \(recovery ended before the target\)"


def _unknown(kube: Clones) -> str:
    phase = "Cluster cannot proceed to reconciliation due to an unknown plugin being required"
    kube.states = [({"phase": phase, "phaseReason": "barman"}, [])]
    return r"unknown plugin being required \(barman\)"


def _stuck(kube: Clones) -> str:
    kube.states = [(SETTING_UP, [instance("ImagePullBackOff")])]
    return "it starts PostgreSQL for more than 0 s .ImagePullBackOff it says why"


def _archives(kube: Clones) -> str:
    kube.answer = QUIET | {"archive_command": "cp %p /x"}
    return "it has the archive_command cp %p /x"


def _subscribes(kube: Clones) -> str:
    kube.answer = QUIET | {"logical_workers": "4"}
    return "may start 4 logical replication workers"


def _has_jobs(kube: Clones) -> str:
    kube.answer = QUIET | {
        "libraries": "pg_cron, pg_stat_statements",
        "processes": ["checkpointer", None, "pg_cron launcher"],
    }
    return "has loaded pg_cron and runs pg_cron launcher; report that"


@pytest.mark.parametrize("broken", [_failed, _unknown, _stuck, _archives, _subscribes, _has_jobs])
def test_what_goes_wrong_is_a_sentence_and_nothing_is_left(
    kube: Clones, broken: Callable[[Clones], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stacks.recovery.clone_state._PATIENCE", 0.0001)
    monkeypatch.setattr("stacks.recovery.clone_state._POLL_SECONDS", 0.001)
    kube.states = [(HEALTHY, [])]
    with pytest.raises(Fault, match=broken(kube)):
        make_clone(_client(kube), _wanted(), _HOURS)
    assert kube.kinds() == []


def test_a_plugin_that_the_cluster_enables_is_an_archiver(
    kube: Clones, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CloudNativePG hands WAL to it, `isWALArchiver` or not."""

    def enabled(*_: object, **__: object) -> dict[str, object]:
        return {"plugins": [{"name": "barman", "isWALArchiver": False}]}

    monkeypatch.setattr("stacks.recovery.clone_objects.clone_spec", enabled)
    with pytest.raises(Fault, match="it hands WAL to barman"):
        make_clone(_client(kube), _wanted(), _HOURS)
    assert kube.kinds() == []


def test_an_interruption_leaves_nothing(kube: Clones, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", interrupt)
    with pytest.raises(KeyboardInterrupt):
        make_clone(_client(kube), _wanted(), _HOURS)
    assert _of(kube, "Cluster")
    assert kube.kinds() == []


def test_what_cannot_be_removed_is_named(
    kube: Clones, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def gone(*_: object) -> None:
        raise Fault("https://x", "the API server does not answer", "see that it runs")

    monkeypatch.setattr(kube, "delete", gone)
    _unknown(kube)
    wanted = _wanted()
    with pytest.raises(Fault, match="unknown plugin"):
        make_clone(_client(kube), wanted, _HOURS)
    assert f"kubectl delete namespace {wanted.name}" in capsys.readouterr().err


def test_with_a_clone_it_is_removed_afterwards(kube: Clones) -> None:
    with clone(_client(kube), _wanted(), _HOURS) as made:
        assert ("Cluster", made.namespace, made.name) in kube.there
    assert kube.kinds() == []


def test_the_clones_of_one_database_are_listed(kube: Clones) -> None:
    one = make_clone(_client(kube), _wanted(), _HOURS)
    (listed,) = clones(_client(kube), "n8n-prod", "n8n-postgres")
    assert (listed.name, listed.phase) == (one.name, "Cluster in healthy state")
    assert abs(listed.until - one.until) <= timedelta(seconds=2)
    assert clones(_client(kube), "n8n-prod", "other") == []


def test_what_ended_leaves_an_empty_namespace_that_the_next_one_removes(kube: Clones) -> None:
    running, ended, new = (make_clone(_client(kube), _wanted(), _HOURS).name for _ in range(3))
    for name in (ended, new):
        del kube.there["Job", name, "end"]
    for name in (ended, running):
        kube.aged(name, timedelta(minutes=11))
    tidy(_client(kube))
    left = {name for kind, _, name in kube.there if kind == "Namespace"}
    assert left == {running, new}


def test_a_generation_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(Fault, match=r"^databases.n8n: it has no generation 3; write 1 to 2$"):
        _wanted(_upgraded(), generation=3)


def test_an_image_that_nothing_names_is_a_sentence() -> None:
    with pytest.raises(Fault, match=r"generation 1 was upgraded, and the image of its version"):
        _wanted(_upgraded(), generation=1)
    assert _wanted(_upgraded()).server_name == "n8n-postgres-g2"


def _upgraded() -> EnvironmentSpec:
    return valid.homelab({"databases.n8n.generations": [valid.upgrade(from_major=16)]})


@pytest.mark.parametrize(
    ("target", "manifest"),
    [
        (Target(), {}),
        (Target(time="2026-11-30T10:00:00+00:00"), {"targetTime": "2026-11-30T10:00:00+00:00"}),
        (
            Target(before_xid=7, backup="b"),
            {"backupID": "b", "targetXID": "7", "exclusive": True},
        ),
        (
            Target(time="2026-11-30T10:00:00+00:00", backup="b"),
            {"backupID": "b", "targetTime": "2026-11-30T10:00:00+00:00"},
        ),
        (Target(backup="b"), {"backupID": "b", "targetImmediate": True}),
    ],
    ids=str,
)
def test_a_target_in_cloudnativepgs_words(target: Target, manifest: dict[str, object]) -> None:
    assert target.manifest == manifest
