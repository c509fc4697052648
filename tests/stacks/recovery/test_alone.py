"""`restore --database`: what it says beforehand, and the clone that a second run finds again."""

import json
import shlex
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from stacks.cluster import Manifest
from stacks.command import Fault
from stacks.recovery import alone
from stacks.recovery.one_database import Replaced
from stacks.recovery.window import Survey
from tests.stacks.recovery.clusters import HEALTHY, Clones

Said = subprocess.CompletedProcess[str]
Stacks = Callable[..., Said]

GIVEN = ("restore", "homelab", "n8n", "--database", 'Shop-"1"', "--to")
KEPT = 'Shop-"1"_before_20261130101500'
AT = "2026-11-30 11:30:00+01:00"


class Loads:
    """Stands for what loads a database: which clones it was given, and how it ends."""

    def __init__(self, kube: Clones) -> None:
        self.kube = kube
        self.clones: list[str] = []
        self.ends: BaseException | Replaced = Replaced('Shop-"1"', KEPT, 0.25, ["a note"])

    def __call__(self, *given: Any, **_: object) -> Replaced:
        clone = given[-1]
        assert ("Cluster", clone, clone) in self.kube.there
        self.clones.append(clone)
        if isinstance(self.ends, BaseException):
            raise self.ends
        return self.ends


@pytest.fixture
def kube(monkeypatch: pytest.MonkeyPatch) -> Clones:
    """Return homelab's cluster, with an archive of one base backup and an hour of WAL."""
    monkeypatch.setattr("stacks.recovery.clone_state._POLL_SECONDS", 0)
    made = Clones()
    made.secret("n8n-prod", "n8n-postgres-backup-s3", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    made.secret("n8n-prod", "tier0-ca", "ca.crt")
    window = {"earliest": "2026-11-30T10:00:00+00:00", "latest": "2026-11-30T11:00:00+00:00"}
    found = {
        "windows": [
            window | {"backups": ["first"], "timeline": 1, "last_wal": "0" * 24, "overlaps": []}
        ],
        "backups": [{"id": "first", "end": window["earliest"], "timeline": 1, "fault": None}],
        "gaps": [],
        "missing_history": None,
    }
    monkeypatch.setattr("stacks.cluster.ClusterClient.connect", lambda _: made)
    monkeypatch.setattr(alone, "survey", lambda *_: Survey(found))
    monkeypatch.setattr(alone, "instances", lambda *_: ["primary"])
    monkeypatch.setattr(alone, "swappable", lambda *_: {"size": 3 * 2**20})
    return made


@pytest.fixture
def loads(kube: Clones, monkeypatch: pytest.MonkeyPatch) -> Loads:
    made = Loads(kube)
    monkeypatch.setattr(alone, "restore_database", made)
    return made


def test_without_write_it_says_the_steps_and_makes_nothing(kube: Clones, stacks: Stacks) -> None:
    said = stacks(*GIVEN, "latest")
    assert said.stdout.splitlines() == [
        "with --write it",
        "1. restores a clone of n8n-postgres to the end of the archive, in its own namespace, with "
        "a volume of 10Gi (about 60 s; 4 min if 10Gi are full; 0.6 s more for each WAL segment "
        "since the base backup)",
        "2. compares roles, and the room on each instance of n8n-postgres, with what the clone "
        "needs (not measured)",
        '3. dumps Shop-"1" there, loads it into n8n-postgres under another name, and compares '
        "(not measured; 3 MiB now)",
        '4. sends the clients of Shop-"1" away and renames: what is there now is kept (not '
        "measured)",
        "5. removes the clone (at once)",
        "databases.n8n: the latest possible moment is 2026-11-30 11:00:00+00:00; what is committed "
        "later and not archived yet does not come back",
    ]
    told = json.loads(stacks(*GIVEN, "latest", "--json").stdout)
    assert [*told] == ["database", "cluster", "written", "notes", "steps"]
    assert kube.made == []


def test_it_restores_removes_the_clone_and_says_how_to_put_back(
    kube: Clones, loads: Loads, stacks: Stacks
) -> None:
    said = stacks(*GIVEN, *AT.split(), "--write")
    assert said.returncode == 0
    restored, note, back = said.stdout.splitlines()
    assert restored == (
        'Shop-"1": restored to 2026-11-30T10:30:00.000000+00:00; no client could connect for 0.2 s'
    )
    assert note == "a note"
    words = shlex.split(back.partition(" back: ")[2])
    assert words[:3] == ["python", "-m", "stacks"]
    assert words[3:] == [*GIVEN[:-1], "--put-back", KEPT, "--write"]
    assert kube.kinds() == []
    assert len(loads.clones) == 1


def test_the_clone_lets_the_namespace_of_the_database_in(
    kube: Clones, loads: Loads, stacks: Stacks
) -> None:
    stacks(*GIVEN, "latest", "--write")
    (policy, _) = (one["spec"] for one in kube.made if one["kind"] == "NetworkPolicy")
    near = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "n8n-prod"}}}
    assert any(rule["from"] == [near] for rule in policy["ingress"])
    (cluster,) = (one["spec"] for one in kube.made if one["kind"] == "Cluster")
    assert cluster["enableSuperuserAccess"] is False
    assert loads.clones


def test_the_same_as_json(loads: Loads, stacks: Stacks) -> None:
    told = json.loads(stacks(*GIVEN, "latest", "--write", "--json").stdout)
    assert told["put_back"].endswith("--write")
    assert (told["kept"], told["gap_seconds"], told["written"]) == (KEPT, 0.25, True)
    loads.ends = Replaced('Shop-"1"', None, None, [])
    told = json.loads(stacks(*GIVEN, "latest", "--write", "--json").stdout)
    assert told["put_back"] is None


@pytest.mark.parametrize("ends", [KeyboardInterrupt(), Fault("Job x", "it failed", "run again")])
def test_the_next_run_finds_the_clone_of_one_that_ended_early(
    kube: Clones, loads: Loads, stacks: Stacks, ends: BaseException
) -> None:
    good, loads.ends = loads.ends, ends
    early = stacks(*GIVEN, "latest", "--write")
    assert early.returncode in (1, 130)
    (clone,) = loads.clones
    assert f"python -m stacks inspect homelab n8n --remove {clone}\n" in early.stderr
    other = stacks(*GIVEN, *AT.split()).stdout
    assert "1. restores a clone" in other, "another target is another clone"
    assert f"1. uses the clone {clone} of 20" in stacks(*GIVEN, "latest").stdout
    loads.ends = good
    done = stacks(*GIVEN, "latest", "--write")
    assert done.returncode == 0
    assert f"{clone}: continues with this clone, made at 20" in done.stderr
    assert loads.clones == [clone, clone]
    assert kube.kinds() == []


def test_a_clone_of_another_database_is_not_taken(
    kube: Clones, loads: Loads, stacks: Stacks
) -> None:
    loads.ends = KeyboardInterrupt()
    stacks(*GIVEN, "latest", "--write")
    stacks("restore", "homelab", "n8n", "--database", "other", "--to", "latest", "--write")
    assert len(set(loads.clones)) == 2
    assert len([kind for kind in kube.kinds() if kind == "Cluster"]) == 2


def test_a_clone_whose_run_was_killed_before_it_served_is_closed_off(
    kube: Clones, loads: Loads, stacks: Stacks, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as killed:
        killed.setattr("stacks.recovery.clones.wait_ready", _killed)
        killed.setattr("stacks.recovery.clones.remove", lambda *_: None)
        stacks(*GIVEN, "latest", "--write")
    (clone,) = (name for kind, _, name in kube.there if kind == "Namespace")
    assert kube.there["Secret", clone, "n8n-postgres-backup-s3"]["data"]
    loads.ends = KeyboardInterrupt()
    stacks(*GIVEN, "latest", "--write")
    assert loads.clones == [clone]
    assert kube.there["Secret", clone, "n8n-postgres-backup-s3"]["data"] == {}


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_restore_from_another_clone_is_refused_before_a_second_one_is_made(
    kube: Clones, stacks: Stacks, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "n8n-postgres-db-"
    kube.states = [(HEALTHY, [])]
    kube.there["Cluster", "first", "first"] = {"metadata": {}}
    job: Manifest = {"metadata": {"annotations": {"tier0/clone": "first", "tier0/stamp": "1"}}}
    asked = kube.get

    def get(version: str, kind: str, called: str, namespace: str = "") -> Manifest | None:
        if kind == "Job" and called.startswith(name):
            return job | {"metadata": job["metadata"] | {"name": called}}
        return asked(version, kind, called, namespace)

    monkeypatch.setattr(kube, "get", get)
    said = stacks(*GIVEN, "latest", "--write")
    assert said.returncode == 1
    assert 'it restores database Shop-"1" from first; let that restore end, or' in said.stderr
    assert kube.made == []


def test_what_was_replaced_is_put_back_by_the_line_that_was_printed(
    kube: Clones, stacks: Stacks, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Any, ...]] = []

    def back(*given: Any) -> Replaced:
        asked.append(given[2:])
        return Replaced('Shop-"1"', 'Shop-"1"_undone_1', 0.25, ["to drop it: x"])

    monkeypatch.setattr(alone, "put_back", back)
    monkeypatch.setattr(alone, "require_kept", lambda *_: [])
    shown = stacks(*GIVEN[:-1], "--put-back", KEPT)
    assert shown.stdout.startswith("with --write it\n1. sends the clients of")
    assert asked == []
    done = stacks(*GIVEN[:-1], "--put-back", KEPT, "--write")
    assert done.stdout.splitlines() == [
        f'Shop-"1": it is what was {KEPT} again; no client could connect for 0.2 s',
        "to drop it: x",
    ]
    assert asked == [("n8n", 'Shop-"1"', KEPT)]
    assert kube.made == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([*GIVEN, "latest", "--at-once"], "--at-once: it does not go with --database, which leav"),
        ([*GIVEN, "latest", "--all"], "--all: it does not go with --database, which leaves the"),
        ([*GIVEN, "latest", "--reason", "x y"], "--reason: it does not go with --database, which"),
        ([*GIVEN, "latest", "--generation", "1"], "--generation: it does not go with --database"),
        (GIVEN[:-1], "restore: it has no target; write --to, or --put-back"),
        ([*GIVEN, "latest", "--put-back", KEPT], "--put-back: it restores nothing, so it takes no"),
        (["restore", "homelab", "n8n", "--put-back", KEPT], "--put-back: it is for one database"),
        (["restore", "homelab", "n8n"], "restore: it has no target; write --to latest, a time w"),
        (["restore", "homelab", "--database", "x", "--to", "latest"], "restore: no database is n"),
        (["restore", "homelab", "x", "--database", "x", "--to", "latest"], "databases.x: there is"),
        ([*GIVEN, "latest", "--from", "offsite"], "offsite: the environment has no off-site copy"),
        ([*GIVEN, "2026-11-30T12:00:00Z"], "targetTime 2026-11-30T12:00:00Z: no archived transac"),
        ([*GIVEN, "backup", "torn"], "base backup torn: the archive does not hold it; write one"),
    ],
)
def test_what_does_not_fit_is_a_sentence_before_anything_is_made(
    kube: Clones, stacks: Stacks, arguments: list[str], sentence: str
) -> None:
    said = stacks(*arguments, "--write")
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr.splitlines()[-1].startswith(sentence)
    assert kube.made == []
