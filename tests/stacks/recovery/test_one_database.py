"""The order of a restore of one database, and what its second run finds; PostgreSQL is acted.

The lab runs it on real ones (tests/lab/test_claims_recovery_database.py).
"""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from stacks.cluster import Answer, ClusterClient, Manifest
from stacks.command import Fault
from stacks.environment import EnvironmentSpec
from stacks.recovery import following
from stacks.recovery.one_database import Replaced, put_back, restore_database
from tests.valid import database, environment

_MADE = "2026-11-30T10:15:00Z"
_INCOMING, _KEPT = "shop_restoring_20261130101500", "shop_before_20261130101500"
_LIVE = database().cluster
_FREE = "Filesystem 1-blocks Used Available Capacity Mounted on\n/dev/a 9 9 {} 9% /data\n"


class Acted:
    """An API server with a live cluster of two instances and a clone, and a Job that is acted."""

    def __init__(self) -> None:
        self.databases = {_LIVE: ["postgres", "shop", "other"], "clone": ["postgres", "shop"]}
        self.roles: dict[str, set[str]] = {_LIVE: {"app"}, "clone": {"app"}}
        self.live: dict[str, list[str]] = {}
        self.copied: dict[str, Any] = {}
        self.free = 2**30
        self.outcome, self.log_text = "Complete", "step: dump\nstep: checked\n"
        self.objects_: dict[tuple[str, str], Manifest] = {}
        self.asked: list[tuple[str, str]] = []
        self.swap_fails = False
        self.passwords: list[str] = []
        self.clone: Manifest = {"bootstrap": {"recovery": {}}}
        self.namespace = database().namespace

    def get(self, _version: str, kind: str, name: str, namespace: str = "") -> Manifest | None:
        if kind == "Secret" and name == f"{namespace}-ca":
            return {"data": {"ca.crt": "Q0E=", "ca.key": "a2V5"}}
        if name == "end":
            return {"metadata": {"creationTimestamp": _MADE}}
        if kind != "Cluster" or name not in self.databases:
            assert namespace == self.namespace or kind == "Cluster"
            return self.objects_.get((kind, name))
        if namespace != self.home(name):
            return None
        pods = [f"{name}-1", f"{name}-2"][: 2 if name == _LIVE else 1]
        status: Manifest = {
            "currentPrimary": pods[0],
            "instanceNames": pods,
            "image": "postgres:17",
        }
        status["certificates"] = {"serverCASecret": f"{name}-ca"}
        spec = {"storage": {"size": "1Gi"}} | (self.clone if name == "clone" else {})
        return {"metadata": {"creationTimestamp": _MADE}, "spec": spec, "status": status}

    def home(self, cluster: str) -> str:
        """Return the namespace of a Cluster; a clone's has its name."""
        return self.namespace if cluster == _LIVE else cluster

    def patch(self, _version: str, kind: str, name: str, _: str, *, change: Manifest) -> Manifest:
        data: Manifest = self.objects_[kind, name]["data"]
        data |= change["data"]
        return {}

    def path(self, _version: str, kind: str, name: str, _namespace: str) -> str:
        return f"{kind}/{name}"

    def request(self, method: str, path: str, body: Manifest | None = None) -> Answer:
        kind, _, name = path.partition("?")[0].partition("/")
        if method == "DELETE":
            found = self.objects_.pop((kind, name), None)
            return Answer(200 if found else 404, "{}")
        assert body is not None
        if (kind, body["metadata"]["name"]) in self.objects_:
            return Answer(409, "{}")
        made = self.objects_[kind, body["metadata"]["name"]] = dict(body)
        if kind == "Job":
            self.run(made)
        return Answer(201, "{}")

    def run(self, job: Manifest) -> None:
        secret = self.objects_["Secret", job["metadata"]["name"]]
        self.passwords.append(base64.b64decode(secret["data"]["password"]).decode())
        assert [*secret["data"]] == ["password", "clone.crt"]
        assert secret["data"]["clone.crt"] == "Q0E="
        job["status"] = {"conditions": [{"type": self.outcome, "status": "True"}]}
        self.databases[_LIVE].append(_INCOMING)

    def delete(self, _version: str, kind: str, name: str, _namespace: str) -> None:
        self.objects_.pop((kind, name), None)

    def objects(self, *_: str, labels: str) -> list[Manifest]:
        assert labels.startswith("job-name=")
        return [{"metadata": {"namespace": "n", "name": "p"}, "status": {"phase": "Running"}}]

    def log(self, *_: str) -> str:
        return self.log_text

    def execute(
        self, namespace: str, pod: str, _container: str, command: Sequence[str], *, seconds: float
    ) -> Iterator[bytes]:
        assert seconds
        assert namespace == self.home(pod.rpartition("-")[0])
        script = command[2] if command[2].startswith("df") else command[3]
        values = dict(word.split("=", 1) for word in command if "=" in word and word in command[5:])
        self.asked.append((pod, script))
        yield self.answer(pod.rpartition("-")[0], script, values).encode()

    def answer(self, cluster: str, script: str, values: Mapping[str, str]) -> str:
        has = self.databases[cluster]
        if script.startswith("df"):
            return _FREE.format(self.free)
        if "'logical slots'" in script:
            empty = ("prepared transactions", "logical slots", "enabled subscriptions")
            return json.dumps(
                {"major": 17, "databases": has, "roles": [*self.roles[cluster]], "size": 2**20}
                | dict.fromkeys(empty)
                | self.live
            )
        if "'subscriptions', (" in script:
            name = next((one for one in ("shop", _INCOMING) if one in has), None)
            copied = {"name": name, "size": 2**20, "roles": ["app"], "subscriptions": None}
            return json.dumps({**copied, "prepared transactions": None} | self.copied)
        if "create role" in script:
            self.roles[cluster].add("tier0_restore")
            assert values["verifier"].startswith("SCRAM-SHA-256$")
        elif script.startswith("drop role"):
            self.roles[cluster].discard("tier0_restore")
        elif script.startswith("drop database"):
            has[:] = [one for one in has if one != values["incoming"]]
        elif 'rename to :"kept"' in script:
            return self.swap(has, values)
        elif 'rename to :"incoming"' in script:
            has[has.index(values["name"])] = values["incoming"]
        elif script.startswith("select exists"):
            return "t" if values["kept"] in has else "f"
        return ""

    def swap(self, has: list[str], values: Mapping[str, str]) -> str:
        if self.swap_fails:
            raise Fault("Pod", "sh ended with 3", "see its log")
        if values["incoming"] not in has:
            return ""
        if values["name"] in has:
            has[has.index(values["name"])] = values["kept"]
        has[has.index(values["incoming"])] = values["name"]
        return "0.25"

    @property
    def clean(self) -> bool:
        """Whether no role, password or Job is left."""
        left = {role for roles in self.roles.values() for role in roles} - {"app"}
        return not left and not self.objects_


@pytest.fixture
def acted(monkeypatch: pytest.MonkeyPatch) -> Acted:
    monkeypatch.setattr(following, "_POLL_SECONDS", 0.0)
    return Acted()


def _environment(acted: Acted) -> EnvironmentSpec:
    return environment(databases={"shop": database(namespace=acted.namespace)})


def _restore(acted: Acted, clone: str = "clone") -> Replaced:
    client = cast("ClusterClient", acted)
    return restore_database(client, _environment(acted), "shop", "shop", clone, say=lambda _: None)


def test_the_database_is_replaced_and_the_old_one_kept(acted: Acted) -> None:
    done = _restore(acted)
    assert (done.kept, done.gap_seconds) == (_KEPT, 0.25)
    assert sorted(acted.databases[_LIVE]) == sorted(["postgres", "other", "shop", _KEPT])
    assert acted.clean


def test_how_to_drop_the_old_one_is_said(acted: Acted) -> None:
    drop = f"""kubectl exec -n {database().namespace} {_LIVE}-1 -c postgres -- psql"""
    assert any(drop in note and _KEPT in note for note in _restore(acted).notes)


def test_readers_of_a_replica_leave_the_old_database(acted: Acted) -> None:
    _restore(acted)
    parted = [pod for pod, script in acted.asked if "pg_terminate_backend" in script]
    assert parted[-1] == f"{_LIVE}-2"


def test_a_database_that_was_dropped_comes_back(acted: Acted) -> None:
    acted.databases[_LIVE].remove("shop")
    assert _restore(acted).kept is None
    assert "shop" in acted.databases[_LIVE]


def test_a_second_run_finds_the_first_ones_work_done(acted: Acted) -> None:
    _restore(acted)
    before = list(acted.databases[_LIVE])
    assert _restore(acted).gap_seconds is None
    assert acted.databases[_LIVE] == before


def test_of_two_runs_that_follow_one_job_the_second_to_end_finds_it_done(
    acted: Acted, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deleted(*_: object) -> list[str]:
        acted.swap(acted.databases[_LIVE], {"name": "shop", "incoming": _INCOMING, "kept": _KEPT})
        raise Fault("Job x", "it was deleted while it ran", "run again to start over")

    monkeypatch.setattr(following, "follow", deleted)
    done = _restore(acted)
    assert (done.kept, done.gap_seconds) == (_KEPT, None)
    assert "shop" in acted.databases[_LIVE]


def test_a_run_after_one_that_was_killed_continues_its_job(acted: Acted) -> None:
    acted.swap_fails = True
    with pytest.raises(Fault, match="sh ended with 3"):
        _restore(acted)
    assert acted.databases[_LIVE][-1] == _INCOMING
    acted.swap_fails, asked = False, len(acted.asked)
    _restore(acted)
    assert not any("create role" in script for _, script in acted.asked[asked:]), "loaded twice"
    assert acted.clean


def test_the_clone_stays_for_as_long_as_its_job_is_followed(
    acted: Acted, monkeypatch: pytest.MonkeyPatch
) -> None:
    extended: list[tuple[str, datetime, timedelta]] = []
    monkeypatch.setattr(following, "_EXTENDED_SECONDS", -1.0)
    monkeypatch.setattr(following, "expire", lambda _, *given: extended.append(given))
    _restore(acted)
    assert extended == [("clone", datetime.fromisoformat(_MADE), following.LASTING)]


def test_a_failed_job_leaves_no_role_and_is_started_again(acted: Acted) -> None:
    acted.outcome, acted.log_text = "Failed", "step: restore\npg_restore: error: no space left\n"
    with pytest.raises(Fault, match=r"restore failed \(pg_restore: error: no space left\)"):
        _restore(acted)
    assert acted.roles == {_LIVE: {"app"}, "clone": {"app"}}
    acted.outcome, acted.log_text = "Complete", "step: checked\n"
    assert _restore(acted).kept == _KEPT


def test_a_difference_is_said_and_nothing_is_swapped(acted: Acted) -> None:
    acted.outcome = "Failed"
    acted.log_text = "step: check\n" + "".join(f"differs: clone: t{n}\n" for n in range(10))
    with pytest.raises(Fault, match=r"it is not as in the clone: clone: t0, .*, and 2 more"):
        _restore(acted)
    assert "shop" in acted.databases[_LIVE]
    assert _KEPT not in acted.databases[_LIVE]


@pytest.mark.parametrize(
    "what", ["prepared transactions", "logical slots", "enabled subscriptions"]
)
def test_what_hinders_a_rename_is_refused_beforehand(acted: Acted, what: str) -> None:
    acted.live = {what: ["x1"]}
    with pytest.raises(Fault, match=rf"database shop: it has {what} \(x1\); "):
        _restore(acted)
    assert acted.clean


def test_roles_that_are_not_there_are_named(acted: Acted) -> None:
    acted.copied = {"roles": ["app", "zoe", "bob"]}
    with pytest.raises(Fault, match=r"does not have \(bob, zoe\); declare them"):
        _restore(acted)
    assert acted.databases["clone"] == ["postgres", "shop"]


def test_a_volume_without_room_is_refused_with_both_sizes(acted: Acted) -> None:
    acted.free = 2**20
    with pytest.raises(Fault, match=r"/data has 1 MiB free, and the restore needs 2 MiB, WAL"):
        _restore(acted)
    assert acted.clean


@pytest.mark.parametrize(
    "spec",
    [
        {"plugins": [{"name": "barman", "isWALArchiver": True}]},
        {"backup": {"barmanObjectStore": {"destinationPath": "s3://x"}}},
    ],
)
def test_a_cluster_that_archives_is_taken_for_no_clone(acted: Acted, spec: Manifest) -> None:
    acted.clone = spec
    with pytest.raises(Fault, match="it is no clone, as it is declared or archives"):
        _restore(acted)
    assert acted.asked == []


def test_the_live_cluster_is_not_its_own_clone(acted: Acted) -> None:
    acted.namespace = _LIVE
    with pytest.raises(Fault, match="it is no clone"):
        _restore(acted, _LIVE)


def test_a_restore_from_another_clone_is_not_disturbed(acted: Acted) -> None:
    acted.swap_fails = True
    with pytest.raises(Fault, match="sh ended"):
        _restore(acted)
    with pytest.raises(Fault, match="it restores database shop from clone; let that restore"):
        _restore(acted, "another")


@pytest.mark.parametrize("lost", ["the Job", "the clone"])
def test_what_a_restore_has_left_that_cannot_go_on_is_cleared_for_another(
    acted: Acted, lost: str
) -> None:
    acted.swap_fails = True
    with pytest.raises(Fault, match="sh ended"):
        _restore(acted)
    (job,) = (one for (kind, _), one in acted.objects_.items() if kind == "Job")
    if lost == "the Job":
        job["status"] = {"conditions": [{"type": "Failed", "status": "True"}]}
    acted.databases["another"] = ["postgres", "shop"]
    acted.roles["another"] = {"app"}
    job["metadata"]["annotations"]["tier0/stamp"] = "20261101000000"
    left = "shop_restoring_20261101000000"
    acted.databases[_LIVE] = ["postgres", "shop", left]
    if lost == "the clone":
        del acted.databases["clone"]
    acted.swap_fails = False
    assert _restore(acted, "another").kept == _KEPT
    assert left not in acted.databases[_LIVE]
    assert len(acted.passwords) == 2
    assert acted.clean


def test_the_password_of_a_run_before_is_kept(acted: Acted) -> None:
    """A second operator must not change it under the Job of the first."""
    secret = base64.b64encode(b"first").decode()
    acted.swap_fails = True
    with pytest.raises(Fault, match="sh ended"):
        _restore(acted)
    name = next(name for kind, name in acted.objects_ if kind == "Job")
    acted.objects_ = {("Secret", name): {"data": {"password": secret}}}
    acted.swap_fails = False
    acted.databases[_LIVE].remove(_INCOMING)
    acted.passwords.clear()
    _restore(acted)
    assert acted.passwords == ["first"]


def test_what_was_replaced_is_put_back(acted: Acted) -> None:
    _restore(acted)
    done = put_back(cast("ClusterClient", acted), _environment(acted), "shop", "shop", _KEPT)
    assert done.kept
    assert done.kept.startswith("shop_undone_")
    assert {"shop", done.kept} <= set(acted.databases[_LIVE])
    assert _KEPT not in acted.databases[_LIVE]


@pytest.mark.parametrize("kept", ["other", _KEPT])
def test_only_what_a_restore_has_kept_is_put_back(acted: Acted, kept: str) -> None:
    with pytest.raises(Fault, match=f"database {kept}: no restore of shop has kept it"):
        put_back(cast("ClusterClient", acted), _environment(acted), "shop", "shop", kept)
    assert acted.databases[_LIVE] == ["postgres", "shop", "other"]
