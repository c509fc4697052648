"""`restore`, `activate` and `retire` print a change that `check` accepts, or why there is none."""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import pytest

from components.postgres import RestoreSpec
from stacks import __main__ as program
from stacks.check import InvalidEnvironment
from stacks.command import Fault
from stacks.recovery import request
from stacks.recovery.archives import Archive
from stacks.recovery.edit import EnvironmentFile
from stacks.recovery.snapshots import Snapshot
from stacks.recovery.steps import Planned
from stacks.recovery.window import Survey
from tests import valid
from tests.stacks.recovery.volume_snapshots import volume_snapshots
from tests.support import ROOT, to_module

BACKUPS = [
    {
        "id": "20261101T020000",
        "end": "2026-11-01T02:05:00+00:00",
        "timeline": 1,
        "fault": None,
        "system": "77",
    },
    {"id": "20261115T020000", "end": None, "fault": "it is FAILED"},
    {
        "id": "20261129T020000",
        "end": "2026-11-29T02:05:00+00:00",
        "timeline": 1,
        "fault": None,
        "system": "77",
    },
]
STRETCH = {
    "earliest": "2026-11-01T02:05:00+00:00",
    "latest": "2026-11-29T12:00:00.999999+00:00",
    "backups": ["20261101T020000", "20261129T020000"],
    "timeline": 1,
    "last_wal": "000000010000000000000042",
    "overlaps": [],
    "starts": ["000000010000000000000008"],
}
WHOLE: Mapping[str, Any] = {"gaps": [], "missing_history": None}
HELD = Survey({"segments": 66, "windows": [STRETCH], "backups": BACKUPS, **WHOLE})
NOTHING = Survey({"segments": 0, "windows": [], "backups": [], **WHOLE})
BUCKET = "s3://n8n-postgres-backups"
RUNS = [{"type": it, "status": "True"} for it in ("Ready", "ContinuousArchiving")]


class Cluster:
    """An API server that holds some objects."""

    def __init__(self, *held: Mapping[str, Any], proved: str = "") -> None:
        self.held, self.proved = held, proved

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def at(self, _path: str) -> Mapping[str, Any]:
        return {}

    def get(self, _version: str, kind: str, name: str, namespace: str) -> Any:
        found = [
            it
            for it in self.held
            if (it["kind"], it["name"], it["namespace"]) == (kind, name, namespace)
        ]
        return found[0] if found else None

    def objects(
        self, _version: str, kind: str, namespace: str, *, labels: str = ""
    ) -> list[Mapping[str, Any]]:
        if labels == "batch.kubernetes.io/job-name=n8n-postgres-g2-proof":
            return [{"metadata": {"name": "proof-1"}}]
        return [it for it in self.held if (it["kind"], it["namespace"]) == (kind, namespace)]

    def log(self, _namespace: str, pod: str) -> str:
        assert pod == "proof-1"
        return 'a warning\n{"proof": "bootstrap", "found": "recovery"}\n' + self.proved

    def execute(
        self, _namespace: str, pod: str, _container: str, _command: object, *, seconds: float
    ) -> Iterator[bytes]:
        if pod != "n8n-postgres-g2-1":
            raise Fault(f"Pod {pod}", "it is not there", f"wait {seconds} s")
        yield b"10"
        yield b"43\n"


def _cluster(
    name: str,
    system: str = "7",
    conditions: Sequence[Mapping[str, str]] = RUNS,
    bootstrap: str = "recovery",
) -> Any:
    status = {"systemID": system, "conditions": conditions}
    spec: Mapping[str, Any] = {"bootstrap": {bootstrap: {}}}
    return {
        "kind": "Cluster",
        "name": name,
        "namespace": "n8n-prod",
        "status": status,
        "spec": spec,
    }


def _backup(cluster: str, phase: str) -> Any:
    held = {"kind": "Backup", "name": "b", "namespace": "n8n-prod", "status": {"phase": phase}}
    return held | {"spec": {"cluster": {"name": cluster}}}


LIVES = Cluster(_cluster("n8n-postgres"))


@pytest.fixture
def production(tmp_path: Path) -> Path:
    path = tmp_path / "elsewhere.py"
    path.write_bytes((ROOT / "stacks/production.py").read_bytes())
    return path


def _arguments(*given: str) -> argparse.Namespace:
    return program._arguments(given)  # noqa: SLF001 - how the command line is read


def _planned(
    monkeypatch: pytest.MonkeyPatch,
    cluster: Cluster | Fault,
    *given: str,
    held: Mapping[str, Survey | Fault] = {},
) -> tuple[Planned, list[str]]:
    """Return what is planned, and which archives were read for it."""
    asked: list[str] = []

    def survey(_: object, archive: Archive, snapshots: Sequence[Snapshot]) -> Survey:
        asked.append(archive.place)
        found = held.get(archive.server, HELD if len(asked) > 1 else NOTHING)
        if isinstance(found, Fault):
            raise found
        return Survey(found.found, snapshots)

    def connect(_context: str) -> Cluster:
        if isinstance(cluster, Fault):
            raise cluster
        return cluster

    monkeypatch.setattr("stacks.cluster.ClusterClient.connect", connect)
    monkeypatch.setattr(request, "survey", survey)
    return request.planned(_arguments(*given)), asked


def _written(planned: Planned) -> EnvironmentFile:
    planned.file.write(planned.text)
    return EnvironmentFile(str(planned.file.path))


@pytest.mark.parametrize(
    ("target", "fields"),
    [
        (["latest"], {}),
        (["2026-11-29T13:00:00+01:00"], {"time": "2026-11-29T12:00:00.000000+00:00"}),
        (["2026-11-29", "12:00:00Z"], {"time": "2026-11-29T12:00:00.000000+00:00"}),
        (["backup", "20261129T020000"], {"backup": "20261129T020000"}),
        (
            ["before-xid", "815", "--backup", "20261101T020000"],
            {"before_xid": 815, "backup": "20261101T020000"},
        ),
    ],
)
def test_each_target_becomes_a_candidate_and_clients_stay(
    target: list[str], fields: dict[str, Any], homelab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = ["restore", str(homelab), "n8n", "--to", *target, "--reason", "a lost table"]
    planned, asked = _planned(monkeypatch, LIVES, *given)
    assert asked == [f"{BUCKET}/n8n-postgres-g2/", f"{BUCKET}/n8n-postgres/"]
    spec = _written(planned).database("n8n")
    (entry,) = spec.generations
    assert entry.model_dump(exclude_unset=True) == {"source": 1, **fields, "reason": "a lost table"}
    assert [(it.cluster, it.state) for it in spec.lineage] == [
        ("n8n-postgres", "active"),
        ("n8n-postgres-g2", "candidate"),
    ]


SNAPPED = Cluster(
    _cluster("n8n-postgres"),
    *volume_snapshots("older", "2026-11-10T02:05:00Z"),
    *volume_snapshots("newer", "2026-11-28T02:05:00Z"),
    *volume_snapshots("other", "2026-11-28T03:05:00Z", start="000000010000000000000099"),
    *volume_snapshots("latest", "2026-11-29T13:00:00Z"),
)


@pytest.mark.parametrize(
    ("target", "fields"),
    [
        (["latest"], {"snapshot": "newer"}),
        (
            ["2026-11-28T02:05:01Z"],
            {"time": "2026-11-28T02:05:01.000000+00:00", "snapshot": "newer"},
        ),
        (
            ["2026-11-28T02:05:00.999999Z"],
            {"time": "2026-11-28T02:05:00.999999+00:00", "snapshot": "older"},
        ),
        (["2026-11-09T00:00:00Z"], {"time": "2026-11-09T00:00:00.000000+00:00"}),
        (
            ["before-xid", "815", "--backup", "20261129T020000"],
            {"before_xid": 815, "snapshot": "newer"},
        ),
        (
            ["before-xid", "815", "--backup", "20261101T020000"],
            {"before_xid": 815, "backup": "20261101T020000"},
        ),
        (["backup", "20261129T020000"], {"backup": "20261129T020000"}),
        (["latest", "--from", "archive"], {}),
    ],
)
def test_the_newest_snapshot_with_its_wal_before_the_target_is_restored(
    target: list[str], fields: dict[str, Any], homelab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = ["restore", str(homelab), "n8n", "--to", *target, "--reason", "a lost table"]
    planned, _ = _planned(monkeypatch, SNAPPED, *given)
    (entry,) = _written(planned).database("n8n").generations
    assert entry.model_dump(exclude_unset=True) == {"source": 1, **fields, "reason": "a lost table"}


def test_both_ways_are_said_with_their_times(
    homelab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = ["restore", str(homelab), "n8n", "--to", "latest"]
    planned, _ = _planned(monkeypatch, SNAPPED, *given)
    further = (
        "0.6 s more for each WAL segment since the snapshot; replicas are still cloned by "
        "pg_basebackup; at any size, if the storage copies on write"
    )
    assert planned.notes[:2] == [
        "databases.n8n: from snapshot newer of 2026-11-28 02:05:01.000000Z: about 60 s; "
        f"{further}; it proves nothing about the archive",
        "databases.n8n: with --from archive from base backup 20261129T020000 of 2026-11-29 "
        "02:05:00.000000Z: about 60 s; 4 min if 10Gi are full; 0.6 s more for each WAL segment "
        "since the base backup",
    ]
    assert str(planned.steps[0]) == (
        "pulumi up: restores n8n-postgres-g2 from snapshot newer, while clients stay on "
        f"n8n-postgres (about 60 s; {further})"
    )


def test_at_once_the_step_says_that_it_is_from_a_snapshot(
    homelab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = ["restore", str(homelab), "n8n", "--to", "latest", "--at-once"]
    planned, _ = _planned(monkeypatch, SNAPPED, *given)
    assert planned.steps[0].do.startswith("pulumi up: restores n8n-postgres-g2 from snapshot newer")


@pytest.mark.parametrize(
    ("held", "why"),
    [
        (volume_snapshots("a", "2026-11-29T13:00:00Z"), "it ended at 2026-11-29 13:00:01.000000Z"),
        (
            volume_snapshots("a", "2026-11-28T02:05:00Z", start="000000010000000000000099"),
            "its WAL 000000010000000000000099 is not in what can be restored",
        ),
    ],
)
def test_why_no_snapshot_is_restored_is_said(
    held: list[dict[str, Any]], why: str, homelab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = Cluster(_cluster("n8n-postgres"), *held)
    given = ["restore", str(homelab), "n8n", "--to", "latest"]
    notes = _planned(monkeypatch, cluster, *given)[0].notes
    assert notes[0].startswith("databases.n8n: from base backup 20261129T020000 of ")
    assert notes[1] == f"databases.n8n: from no snapshot: the newest is a, and {why}"


def test_after_the_loss_of_a_cluster_and_from_the_copy_no_snapshot_is_restored(
    production: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = volume_snapshots("newer", "2026-11-28T02:05:00Z", wal=True)
    cluster = Cluster(*({**it, "namespace": "orders"} for it in held))
    for given in (["--all"], ["orders", "--at-once", "--from", "offsite"]):
        path = str(production)
        planned, _ = _planned(monkeypatch, cluster, "restore", path, *given, "--to", "latest")
        planned.file.write(planned.text)
        entry = EnvironmentFile(path).database("orders").generations[-1]
        assert isinstance(entry, RestoreSpec)
        assert (entry.store, entry.snapshot) == ("offsite", None)


def test_at_once_the_restored_one_is_active(homelab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = ["restore", str(homelab), "n8n", "--to", "latest", "--at-once"]
    planned, _ = _planned(monkeypatch, LIVES, *given)
    spec = _written(planned).database("n8n")
    assert [it.state for it in spec.lineage] == ["stopped", "active"]
    (entry,) = spec.generations
    assert isinstance(entry, RestoreSpec)
    assert entry.reason.startswith("`restore --to latest` of 20")


def test_of_a_lost_database_no_empty_one_is_made(
    homelab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = ["restore", str(homelab), "n8n", "--to", "latest"]
    with pytest.raises(Fault) as refused:
        _planned(monkeypatch, Cluster(), *given)
    assert str(refused.value) == (
        "Cluster n8n-prod/n8n-postgres: it is lost, and pulumi up would make an empty one in its "
        "place; add --at-once"
    )
    planned, _ = _planned(monkeypatch, Cluster(), *given, "--at-once")
    assert [it.do for it in planned.steps] == [
        "pulumi up: restores n8n-postgres-g2, and sends clients to it"
    ]
    assert [it.state for it in _written(planned).database("n8n").lineage] == ["removed", "active"]


def test_the_steps_are_those_up_to_the_end_with_their_times(
    homelab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = ["restore", str(homelab), "n8n", "--to", "latest"]
    planned, _ = _planned(monkeypatch, LIVES, *given)
    shown = planned.shown(written=False)
    assert shown.startswith(planned.file.diff(planned.text))
    assert shown.removeprefix(planned.file.diff(planned.text)).splitlines() == [
        "",
        "databases.n8n: the latest possible moment is 2026-11-29 12:00:00.999999+00:00; what is "
        "committed later and not archived yet does not come back",
        "1. write it: --write, or git apply (at once)",
        "2. pulumi up: restores n8n-postgres-g2, while clients stay on n8n-postgres (about 60 s; "
        "4 min if 10Gi are full; 0.6 s more for each WAL segment since the base backup)",
        "3. look into n8n-postgres-g2: the rows that you miss are there (not measured)",
        f"4. python -m stacks activate {homelab} n8n 2 --write (at once)",
        "5. pulumi up: stops n8n-postgres, and sends clients to n8n-postgres-g2 (not measured)",
        "6. wait for the first base backup of n8n-postgres-g2 (about 45 min; if 10Gi are full)",
        f"7. python -m stacks retire {homelab} n8n 1 --write (at once)",
        "8. pulumi up: no longer protects n8n-postgres (not measured)",
    ]
    data = planned.data(written=False)
    assert json.loads(json.dumps(data))["steps"][0]["seconds"] == 60
    assert data["diff"] == planned.file.diff(planned.text)


def test_three_recoveries_follow_each_other(homelab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(homelab)
    names = ["n8n-postgres", "n8n-postgres-g2", "n8n-postgres-g3", "n8n-postgres-g4"]
    for number, (before, after) in enumerate(pairwise(names), 2):
        old = _cluster(before)
        planned, asked = _planned(
            monkeypatch, Cluster(old), "restore", path, "n8n", "--to", "latest"
        )
        assert asked == [f"{BUCKET}/{after}/", f"{BUCKET}/{before}/"]
        _written(planned)
        both = Cluster(old, _cluster(after), _backup(after, "completed"))
        for command in (
            ["activate", path, "n8n", str(number)],
            ["retire", path, "n8n", str(number - 1)],
            ["retire", path, "n8n", str(number - 1), "--removed"],
        ):
            _written(_planned(monkeypatch, both, *command)[0])
    spec = EnvironmentFile(path).database("n8n")
    assert [it.state for it in spec.lineage] == ["removed", "removed", "removed", "active"]
    assert [it.restored and it.restored.source for it in spec.lineage[1:]] == [1, 2, 3]


def test_a_roll_back_gives_the_newer_one_up(homelab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(homelab)
    at_once = ["restore", path, "n8n", "--to", "latest", "--at-once"]
    _written(_planned(monkeypatch, LIVES, *at_once)[0])
    both = Cluster(_cluster("n8n-postgres", conditions=[]), _cluster("n8n-postgres-g2"))
    spec = _written(_planned(monkeypatch, both, "activate", path, "n8n", "1")[0]).database("n8n")
    assert [it.state for it in spec.lineage] == ["active", "retired"]
    spec = _written(_planned(monkeypatch, both, "activate", path, "n8n", "2")[0]).database("n8n")
    assert [it.state for it in spec.lineage] == ["stopped", "active"]


@pytest.mark.parametrize(
    ("primary", "proved", "said"),
    [
        (
            "n8n-postgres-g2-1",
            '{"proof": "next transaction", "found": 1001}',
            "generation 2 has taken in 42 transactions; they stay in it, and in its archive",
        ),
        ("n8n-postgres-g2-1", "", "which could not be counted"),
        ("gone", '{"proof": "next transaction", "found": 1001}', "which could not be counted"),
    ],
)
def test_the_way_back_says_how_many_transactions_the_newer_one_took_in(
    homelab: Path, monkeypatch: pytest.MonkeyPatch, primary: str, proved: str, said: str
) -> None:
    path = str(homelab)
    _written(_planned(monkeypatch, LIVES, "restore", path, "n8n", "--to", "latest", "--at-once")[0])
    newer = {**_cluster("n8n-postgres-g2"), "status": {"currentPrimary": primary}}
    both = Cluster(_cluster("n8n-postgres"), newer, proved=proved)
    (note,) = _planned(monkeypatch, both, "activate", path, "n8n", "1")[0].notes
    assert said in note


def test_a_lost_cluster_comes_back_by_one_change_and_nothing_is_reached(
    production: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path, gone = str(production), Fault("https://gone", "it does not answer", "see that it runs")
    for number in (2, 3, 4):
        planned, asked = _planned(monkeypatch, gone, "restore", path, "--all")
        assert asked == []
        spec = _written(planned).database("orders")
        assert spec.active == number
        assert spec.generations[-1].model_dump(exclude={"reason"}, exclude_unset=True) == {
            "source": number - 1,
            "store": "offsite",
        }
        assert [it.state for it in spec.lineage] == [*["removed"] * (number - 1), "active"]
    said = "the cluster counts as lost: https://gone: it does not answer; see that it runs\n"
    assert capsys.readouterr().err == said * 3
    assert "no cluster was asked" in planned.notes[1]


def test_a_lost_cluster_comes_back_from_an_archive_that_outlives_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = to_module(valid.elsewhere(), tmp_path / "elsewhere.py")
    planned, _ = _planned(monkeypatch, Cluster(), "restore", str(path), "--all")
    (spec,) = _written(planned).environment.databases.values()
    assert spec.current.restored
    assert (spec.current.restored.source, spec.current.restored.store) == (1, "archive")


def test_a_retired_generation_of_a_lost_cluster_is_removed_too(
    production: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(production)
    text = production.read_text("utf-8").replace(
        '            clients=["shop"],\n',
        '            clients=["shop"],\n            generations=[\n'
        '                RestoreSpec(source=1, reason="it was lost"),\n            ],\n'
        "            retired=[2],\n",
    )
    production.write_text(
        text.replace("    ResourcesSpec,", "    ResourcesSpec,\n    RestoreSpec,")
    )
    planned, _ = _planned(monkeypatch, Cluster(), "restore", path, "--to", "latest", "--all")
    spec = _written(planned).database("orders")
    assert [it.state for it in spec.lineage] == ["removed", "removed", "active"]


REFUSED: Mapping[str, tuple[Cluster, list[str], str]] = {
    "no such database": (
        LIVES,
        ["restore", "PATH", "n8", "--to", "latest"],
        "databases.n8: there is no such database; write one of n8n",
    ),
    "no database": (
        LIVES,
        ["restore", "PATH", "--to", "latest"],
        "restore: no database is named; write one of n8n, or --all after its loss",
    ),
    "no zone": (
        LIVES,
        ["restore", "PATH", "n8n", "--to", "2026-11-29T10:00:00"],
        "targetTime 2026-11-29T10:00:00: it has no time zone; write "
        "2026-11-29T10:00:00.000000+00:00 if that is intended; the latest possible time is "
        "2026-11-29 12:00:00.999999+00:00",
    ),
    "a time after the last transaction": (
        LIVES,
        ["restore", "PATH", "n8n", "--to", "2026-11-29T12:00:01+00:00"],
        "targetTime 2026-11-29T12:00:01+00:00: no archived transaction ended after it; the latest "
        "possible time is 2026-11-29 12:00:00.999999+00:00; write that time, or no target to "
        "restore everything that is archived",
    ),
    "a microsecond after the last transaction": (
        LIVES,
        ["restore", "PATH", "n8n", "--to", "2026-11-29T12:00:01.000000+00:00"],
        "targetTime 2026-11-29T12:00:01.000000+00:00: no archived transaction ended after it; the "
        "latest possible time is 2026-11-29 12:00:00.999999+00:00; write that time, or no target "
        "to restore everything that is archived",
    ),
    "a time within the first backup": (
        LIVES,
        ["restore", "PATH", "n8n", "--to", "2026-11-01T02:04:59.999999Z"],
        "targetTime 2026-11-01T02:04:59.999999Z: it is before 2026-11-01 02:05:00+00:00, the end "
        "of the oldest base backup; write that time or a later one",
    ),
    "a time before the first backup": (
        LIVES,
        ["restore", "PATH", "n8n", "--to", "2026-10-31T00:00:00Z"],
        "targetTime 2026-10-31T00:00:00Z: it is before 2026-11-01 02:05:00+00:00, the end of the "
        "oldest base backup; write that time or a later one",
    ),
    "a word": (
        LIVES,
        ["restore", "PATH", "n8n", "--to", "yesterday"],
        "targetTime yesterday: it is not a time; write one as 2026-11-29 12:00:00.999999+00:00",
    ),
    "a backup that is not held": (
        LIVES,
        ["restore", "PATH", "n8n", "--to", "backup", "20261130T020000"],
        "base backup 20261130T020000: the archive does not hold it; write one of 20261101T020000, "
        "20261129T020000",
    ),
    "a backup that failed": (
        LIVES,
        ["restore", "PATH", "n8n", "--to", "backup", "20261115T020000"],
        "base backup 20261115T020000: it is FAILED; write one of 20261101T020000, 20261129T020000",
    ),
    "a backup that is not named": (
        LIVES,
        ["restore", "PATH", "n8n", "--to", "backup"],
        "--to backup: it names no single one; write latest, a time like "
        "2026-11-30T10:00:00+00:00, before-xid N or backup ID",
    ),
    "a transaction without a backup": (
        LIVES,
        ["restore", "PATH", "n8n", "--to", "before-xid", "815"],
        "--to before-xid 815: CloudNativePG finds no base backup for a transaction; write "
        "--backup ID too; find prints the whole command, and window every ID",
    ),
    "a transaction that is no number": (
        LIVES,
        ["restore", "PATH", "n8n", "--to", "before-xid", "0x5", "--backup", "20261101T020000"],
        "--to before-xid 0x5: a transaction is a number; write the one that find prints",
    ),
    "a transaction that PostgreSQL does not give": (
        LIVES,
        ["restore", "PATH", "n8n", "--to", "before-xid", "2", "--backup", "20261101T020000"],
        "before_xid: 2 is too small; write 3 or more",
    ),
    "a backup to start from where one is the target": (
        LIVES,
        [
            "restore",
            "PATH",
            "n8n",
            "--to",
            "backup",
            "20261129T020000",
            "--backup",
            "20261101T020000",
        ],
        "--backup 20261101T020000: a recovery to exactly a backup starts from that one; leave it "
        "out",
    ),
    "a backup to start from, of each database": (
        LIVES,
        ["restore", "PATH", "--all", "--backup", "20261101T020000"],
        "--backup 20261101T020000: it is of one database; leave it out, or restore one database",
    ),
    "a backup to start from that the archive has not": (
        LIVES,
        ["restore", "PATH", "n8n", "--to", "latest", "--backup", "20261102T020000"],
        "base backup 20261102T020000: the archive does not hold it; write one of 20261101T020000, "
        "20261129T020000",
    ),
    "a backup to start from that is newer than the time": (
        LIVES,
        ["restore", "PATH", "n8n", "--to", "2026-11-28T10:00Z", "--backup", "20261129T020000"],
        "base backup 20261129T020000: it does not reach 2026-11-28T10:00:00.000000+00:00; write "
        "one of 20261101T020000",
    ),
    "a generation whose archive is none": (
        LIVES,
        ["restore", "PATH", "n8n", "--to", "latest", "--generation", "3"],
        "databases.n8n: generation 3: there is none; write one of 1",
    ),
    "one generation for all": (
        LIVES,
        ["restore", "PATH", "--all", "--generation", "1"],
        "--generation: each database comes back from its active generation; leave it out, or "
        "restore one database",
    ),
    "a reason that is none": (
        LIVES,
        ["restore", "PATH", "n8n", "--to", "latest", "--reason", "oops"],
        "reason: 'oops' is not a reason; write in some words why [reason-is-given]",
    ),
    "a number that somebody else took": (
        Cluster(_cluster("n8n-postgres"), _cluster("n8n-postgres-g2")),
        ["restore", "PATH", "n8n", "--to", "latest"],
        "Cluster n8n-prod/n8n-postgres-g2: it is there, so number 2 is used; pull the latest "
        "environment file",
    ),
    "no off-site copy of the environment": (
        Cluster(),
        ["restore", "PATH", "--to", "latest", "--all"],
        "databases.n8n: the environment has no off-site copy; write --from archive if the object "
        "store is left",
    ),
    "one database from a copy that is not there": (
        LIVES,
        ["restore", "PATH", "n8n", "--to", "latest", "--from", "offsite"],
        "offsite: the environment has no off-site copy; read the archive",
    ),
    "a cluster that lives": (
        LIVES,
        ["restore", "PATH", "--to", "latest", "--all", "--from", "archive"],
        "databases.n8n: Cluster n8n-prod/n8n-postgres is not lost; restore this database alone, "
        "without --all",
    ),
    "a database and all": (
        LIVES,
        ["restore", "PATH", "n8n", "--to", "latest", "--all"],
        "--all: n8n is one database; leave one of them out",
    ),
    "one moment for all": (
        LIVES,
        ["restore", "PATH", "--all", "--to", "2026-11-29T10:00:00Z"],
        "--all: after the loss of a cluster each database comes back as far as it was stored; "
        "write --to latest, or restore one database",
    ),
    "a generation that is not there": (
        LIVES,
        ["activate", "PATH", "n8n", "2"],
        "databases.n8n: generation 2: there is none; write one of 1",
    ),
    "the active one again": (
        LIVES,
        ["activate", "PATH", "n8n", "1"],
        "databases.n8n: generation 1: it is active already; leave it",
    ),
    "the active one is given up": (
        LIVES,
        ["retire", "PATH", "n8n", "1"],
        "databases.n8n.retired.0: generation 1 is active; leave it out, or write another "
        "generation in active first [given-up-generations-exist]",
    ),
    "the active one is deleted": (
        LIVES,
        ["retire", "PATH", "n8n", "1", "--removed"],
        "databases.n8n: generation 1: it is active; retire it first: python -m stacks retire PATH "
        "n8n 1 --write",
    ),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_what_cannot_be_is_said_in_a_sentence_and_nothing_is_changed(
    fault: str, homelab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster, given, sentence = REFUSED[fault]
    before = homelab.read_bytes()
    path = str(homelab)
    with pytest.raises((Fault, InvalidEnvironment)) as refused:
        _planned(monkeypatch, cluster, *(it.replace("PATH", path) for it in given))
    assert str(refused.value) == sentence.replace("PATH", path)
    assert homelab.read_bytes() == before


CANDIDATE = [_cluster("n8n-postgres"), _cluster("n8n-postgres-g2")]
UNREADY: Mapping[str, tuple[Cluster, list[str], str]] = {
    "it is not made yet": (
        LIVES,
        ["activate", "PATH", "n8n", "2"],
        "Cluster n8n-prod/n8n-postgres-g2: it is not there; run pulumi up first",
    ),
    "it does not run yet": (
        Cluster(CANDIDATE[0], _cluster("n8n-postgres-g2", conditions=[])),
        ["activate", "PATH", "n8n", "2"],
        "Cluster n8n-prod/n8n-postgres-g2: Ready is not True; wait until it runs\n"
        "Cluster n8n-prod/n8n-postgres-g2: ContinuousArchiving is not True; see its log",
    ),
    "it is another database": (
        Cluster(CANDIDATE[0], _cluster("n8n-postgres-g2", "8")),
        ["activate", "PATH", "n8n", "2"],
        "Cluster n8n-prod/n8n-postgres-g2: its system identifier is 8, and that of n8n-postgres "
        "is 7; retire it, as it is another database",
    ),
    "it is an empty database": (
        Cluster(CANDIDATE[0], _cluster("n8n-postgres-g2", bootstrap="initdb")),
        ["activate", "PATH", "n8n", "2"],
        "Cluster n8n-prod/n8n-postgres-g2: it was not restored; retire it, as it is "
        "another database",
    ),
    "it is being restored from": (
        Cluster(*CANDIDATE),
        ["retire", "PATH", "n8n", "1"],
        "databases.n8n.retired.0: generation 1 is active; leave it out, or write another "
        "generation in active first [given-up-generations-exist]",
    ),
    "it is only a candidate": (
        Cluster(*CANDIDATE),
        ["retire", "PATH", "n8n", "2", "--removed"],
        "databases.n8n: generation 2: it is candidate; retire it first: python -m stacks retire "
        "PATH n8n 2 --write",
    ),
}


@pytest.mark.parametrize("state", UNREADY)
def test_a_candidate_becomes_active_once_it_is_proved(
    state: str, homelab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(homelab)
    _written(_planned(monkeypatch, LIVES, "restore", path, "n8n", "--to", "latest")[0])
    cluster, given, sentence = UNREADY[state]
    with pytest.raises((Fault, InvalidEnvironment)) as refused:
        _planned(monkeypatch, cluster, *(it.replace("PATH", path) for it in given))
    assert str(refused.value) == sentence.replace("PATH", path)


@pytest.mark.parametrize("phase", ["running", "failed"])
def test_the_way_back_stays_until_there_is_a_base_backup(
    phase: str, homelab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(homelab)
    at_once = ["restore", path, "n8n", "--to", "latest", "--at-once"]
    _written(_planned(monkeypatch, LIVES, *at_once)[0])
    held = Cluster(
        *CANDIDATE, _backup("n8n-postgres", "completed"), _backup("n8n-postgres-g2", phase)
    )
    with pytest.raises(Fault) as refused:
        _planned(monkeypatch, held, "retire", path, "n8n", "1")
    assert str(refused.value) == (
        "databases.n8n: generation 1: n8n-postgres-g2, which follows it, has no completed base "
        "backup yet; wait for it: until then this is the only way back"
    )


@pytest.mark.parametrize("left", [{"segments": 1}, {"backups": BACKUPS}])
def test_a_number_that_the_archive_knows_is_not_used_again(
    left: Mapping[str, Any], homelab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = {"n8n-postgres-g2": Survey({**NOTHING.found, **left})}
    given = ["restore", str(homelab), "n8n", "--to", "latest"]
    with pytest.raises(Fault) as refused:
        _planned(monkeypatch, LIVES, *given, held=held)
    assert str(refused.value) == (
        "archive n8n-postgres-backups/n8n-postgres-g2: it is there, so number 2 is used; pull the "
        "latest environment file"
    )


@pytest.mark.parametrize("to", ["latest", "2026-11-29T10:00:00Z", "backup 20261101T020000"])
def test_of_an_archive_without_a_base_backup_nothing_is_restored(
    to: str, homelab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = ["restore", str(homelab), "n8n", "--to", *to.split()]
    with pytest.raises(Fault):
        _planned(monkeypatch, LIVES, *given, held={"n8n-postgres": NOTHING})


def test_what_was_upgraded_is_restored_from_its_last_archive(
    homelab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = homelab.read_text("utf-8").replace("PostgresSpec\n", "PostgresSpec, UpgradeSpec\n")
    held = "generations=[UpgradeSpec(from_major=16)],\n            backup=BackupSpec("
    homelab.write_text(text.replace("backup=BackupSpec(", held), "utf-8")
    given = ["restore", str(homelab), "n8n", "--to", "latest", "--at-once"]
    planned, asked = _planned(monkeypatch, LIVES, *given)
    assert asked == [f"{BUCKET}/n8n-postgres-g3/", f"{BUCKET}/n8n-postgres-g2/"]
    spec = _written(planned).database("n8n")
    assert [(it.cluster, it.state) for it in spec.lineage] == [
        ("n8n-postgres", "upgraded"),
        ("n8n-postgres", "stopped"),
        ("n8n-postgres-g3", "active"),
    ]
    assert spec.lineage[2].restored
    assert spec.lineage[2].restored.source == 2


def test_two_people_who_restore_meet_in_the_file(
    homelab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = ["restore", str(homelab), "n8n", "--to", "latest"]
    mine, _ = _planned(monkeypatch, LIVES, *given)
    _written(_planned(monkeypatch, LIVES, *given, "--reason", "somebody else did")[0])
    with pytest.raises(Fault, match="it was changed since it was read"):
        mine.file.write(mine.text)


def test_the_command_writes_the_file_and_tells_a_program(
    homelab: Path, monkeypatch: pytest.MonkeyPatch, stacks: Callable[..., Any]
) -> None:
    given = ["restore", str(homelab), "n8n", "--to", "latest"]
    _planned(monkeypatch, LIVES, *given)
    monkeypatch.setattr(request, "survey", lambda _, it, __: NOTHING if "g2" in it.server else HELD)
    before = homelab.read_bytes()
    shown = stacks(*given, "--json")
    assert (shown.returncode, homelab.read_bytes()) == (0, before)
    done = stacks(*given, "--write", "--json")
    told = json.loads(done.stdout)
    assert told == json.loads(shown.stdout) | {"written": True}
    assert told["diff"].startswith(f"--- a/{told['file']}\n+++ b/{told['file']}\n@@ ")
    assert len(EnvironmentFile(str(homelab)).database("n8n").generations) == 1
    assert done.stderr.startswith(f"{BUCKET}/n8n-postgres-g2/: it is read by a pod in n8n-prod\n")
    again = stacks("activate", str(homelab), "n8n", "2", "--write")
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == (
        "Cluster n8n-prod/n8n-postgres-g2: it is not there; run pulumi up first\n"
    )


def test_a_file_that_may_not_be_written_is_a_sentence(
    homelab: Path, monkeypatch: pytest.MonkeyPatch, stacks: Callable[..., Any]
) -> None:
    given = ["restore", str(homelab), "n8n", "--to", "latest", "--write"]
    _planned(monkeypatch, LIVES, *given)
    monkeypatch.setattr(request, "survey", lambda _, it, __: NOTHING if "g2" in it.server else HELD)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", str(homelab))

    monkeypatch.setattr("stacks.recovery.edit.write_atomically", full)
    refused = stacks(*given)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.endswith(
        f"{homelab}: No space left on device; correct that, then run again\n"
    )


def test_every_database_of_a_lost_cluster_is_in_the_one_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "lab.py"
    path.write_bytes((ROOT / "tests/lab/environments/lab.py").read_bytes())
    given = ["restore", str(path), "--all", "--to", "latest", "--reason", "the fire of November"]
    planned, _ = _planned(monkeypatch, Cluster(), *given)
    assert [it.do for it in planned.steps] == [
        "pulumi up: restores n8n-postgres-g2, legacy-postgres-g2"
    ]
    for spec in _written(planned).environment.databases.values():
        assert [it.state for it in spec.lineage] == ["removed", "active"]
        assert spec.lineage[1].restored == RestoreSpec(
            source=1, store="offsite", reason="the fire of November"
        )


def test_with_argo_cd_the_tree_is_rendered_and_pushed(
    homelab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = homelab.read_text("utf-8").replace(
        '    context="homelab",\n',
        '    context="homelab",\n'
        '    gitops=GitOpsSpec(repository="https://example.org/r", path="rendered/homelab"),\n',
    )
    imported = "from components.gitops import GitOpsSpec\nfrom components.postgres import"
    homelab.write_text(text.replace("from components.postgres import", imported), "utf-8")
    planned, _ = _planned(monkeypatch, LIVES, "restore", str(homelab), "n8n", "--to", "latest")
    assert planned.steps[0].do == (
        f"python -m stacks render {homelab} --out rendered/homelab, push: restores "
        "n8n-postgres-g2, while clients stay on n8n-postgres"
    )
