"""`window`: each archive is read by a pod, and what is found is said or handed on as JSON."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from stacks.cluster import Unreachable
from stacks.command import Fault
from stacks.environment import EnvironmentSpec
from stacks.recovery import windows as command
from stacks.recovery.window import Survey
from tests.stacks.recovery.conftest import Cluster
from tests.stacks.recovery.volume_snapshots import volume_snapshots
from tests.valid import database, environment, offsite, upgrade

FOUND: dict[str, Any] = {
    "segments": 6,
    "windows": [
        {
            "earliest": "2026-11-24T16:00:00+00:00",
            "latest": "2026-11-24T17:00:00.999999+00:00",
            "backups": ["a"],
            "timeline": 1,
            "first_wal": "000000010000000000000002",
            "last_wal": "000000010000000000000003",
            "overlaps": [],
        },
        {
            "earliest": "2026-11-25T16:00:00+00:00",
            "latest": None,
            "backups": ["b"],
            "timeline": 1,
            "first_wal": "000000010000000000000006",
            "last_wal": "000000010000000000000007",
            "overlaps": [],
        },
    ],
    "backups": [
        {
            "id": name,
            "status": "DONE",
            "begin": begin,
            "end": "2026-11-24T16:00:00+00:00",
            "bytes": 12_300_000,
            "timeline": 1,
            "fault": fault,
        }
        for name, begin, fault in (
            ("a", "2026-11-24T15:59:00+00:00", None),
            ("b", None, None),
            ("c", None, "data.tar is missing"),
        )
    ],
    "gaps": [
        {"first": "000000010000000000000004", "last": "000000010000000000000005", "segments": 2}
    ],
    "missing_history": "00000002.history",
    "unread": None,
}
NOTHING = {**FOUND, "windows": [], "backups": [], "gaps": [], "missing_history": None}


@pytest.fixture
def cluster(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """Connect the command to the cluster."""

    @contextmanager
    def connect(context: str) -> Iterator[Cluster]:
        assert context == environment().context
        yield cluster

    monkeypatch.setattr("stacks.cluster.ClusterClient.connect", connect)
    return cluster


def _environment(**changes: Any) -> EnvironmentSpec:
    return environment(databases={"n8n": database(namespace="n8n-test", **changes)})


def test_people_read_what_can_be_restored_and_what_is_missing(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.ends({"told": FOUND})
    spec = _environment()
    assert command.windows(spec, None, "archive", as_json=False) == 0
    assert (
        capsys.readouterr().out
        == f"""\
n8n, generation 1: {spec.databases["n8n"].archive}
  restorable: 2026-11-24 16:00:00.000000Z to 2026-11-24 17:00:00.999999Z
  restorable: all up to WAL 000000010000000000000007, but to no time (no transaction ended after \
the base backup)
  base backup: a, DONE, 2026-11-24 15:59:00.000000Z to 2026-11-24 16:00:00.000000Z, 12.3 MB
  base backup: b, DONE, ? to 2026-11-24 16:00:00.000000Z, 12.3 MB, used for the latest moment
  base backup: c, DONE, ? to 2026-11-24 16:00:00.000000Z, 12.3 MB, not usable: data.tar is missing
  missing WAL: 000000010000000000000004 to 000000010000000000000005, 2 segments
  missing history: 00000002.history, where recovery ends
"""
    )


def test_where_clocks_differed_people_read_which_times_restore_too_little(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    twice = {
        "timeline": 1,
        "begin": "2026-11-24T16:50:00+00:00",
        "end": "2026-11-24T17:00:00+00:00",
    }
    cluster.ends({"told": {**FOUND, "windows": [{**FOUND["windows"][0], "overlaps": [twice]}]}})
    command.windows(_environment(), None, "archive", as_json=False)
    assert capsys.readouterr().out.splitlines()[1:3] == [
        "  restorable: 2026-11-24 16:00:00.000000Z to 2026-11-24 17:00:00.999999Z",
        "  clocks differed: timeline 1 has transactions until 2026-11-24 17:00:00+00:00, and later "
        "timelines have some from 2026-11-24 16:50:00+00:00 on: a time between restores nothing of "
        "the later ones; before-xid N, as find prints it, does",
    ]


@pytest.mark.parametrize(
    ("status", "timeline", "said"),
    [("FAILED", 1, True), ("STARTED", 1, True), ("FAILED", 2, False), ("DONE", 1, False)],
)
def test_what_keeps_the_wal_of_an_earlier_timeline_is_said(
    cluster: Cluster,
    capsys: pytest.CaptureFixture[str],
    status: str,
    timeline: int,
    *,
    said: bool,
) -> None:
    failed = {**FOUND["backups"][1], "id": "x", "status": status, "timeline": timeline}
    windows = [{**FOUND["windows"][0], "timeline": 2}]
    backups = [*FOUND["backups"], failed]
    cluster.ends({"told": {**FOUND, "windows": windows, "backups": backups}})
    command.windows(_environment(), None, "archive", as_json=False)
    (line,) = (it for it in capsys.readouterr().out.splitlines() if "base backup: x" in it)
    keeps = f"keeps all WAL of timeline {timeline} until it is deleted: "
    assert (f"{keeps}docs/runbooks/failed-base-backup.md" in line) is said


def test_programs_read_json_and_nothing_else(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.ends({"told": FOUND})
    assert command.windows(_environment(), "n8n", "archive", as_json=True) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert {key: told[key] for key in FOUND} == FOUND
    assert (told["database"], told["generation"], told["store"]) == ("n8n", 1, "archive")


def _snapped() -> dict[str, Any]:
    """Return an archive with the WAL of one snapshot, and a transaction after each base backup."""
    window = {
        **FOUND["windows"][0],
        "latest": "2026-11-29T17:00:00+00:00",
        "starts": ["000000010000000000000008"],
    }
    backups = [{**FOUND["backups"][0], "system": "77"}]
    return {**FOUND, "windows": [window], "backups": backups, "gaps": [], "missing_history": None}


def test_snapshots_are_listed_with_the_ways_to_the_latest_moment(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.ends({"told": _snapped()})
    cluster.snapshots = [
        *volume_snapshots("good", "2026-11-28T02:05:00Z"),
        *volume_snapshots("bad", "2026-11-28T03:05:00Z", start="000000010000000000000099"),
    ]
    spec = _environment(generations=[upgrade()])
    assert command.windows(spec, None, "archive", as_json=False) == 0
    active, earlier = capsys.readouterr().out.split("n8n, generation 1: ")
    assert [line for line in active.splitlines() if "snapshot" in line or "moment" in line] == [
        "  base backup: a, DONE, 2026-11-24 15:59:00.000000Z to 2026-11-24 16:00:00.000000Z, "
        "12.3 MB, used for the latest moment",
        "  snapshot: good, ended 2026-11-28 02:05:01.000000Z, WAL from 000000010000000000000008, "
        "which is archived",
        "  snapshot: bad, ended 2026-11-28 03:05:01.000000Z, WAL from 000000010000000000000099, "
        "not usable: its WAL 000000010000000000000099 is not in what can be restored",
        "  the latest moment from snapshot good of 2026-11-28 02:05:01.000000Z: about 60 s; 0.6 s "
        "more for each WAL segment since the snapshot; replicas are still cloned by pg_basebackup; "
        "at any size, if the storage copies on write; it proves nothing about the archive",
        "  the latest moment from base backup a of 2026-11-24 16:00:00.000000Z: about 60 s; 2 min "
        "if 10Gi are full; 0.6 s more for each WAL segment since the base backup",
    ]
    assert "snapshot" not in earlier
    settings = [json.loads(pod["spec"]["containers"][0]["command"][3]) for pod in cluster.applied]
    assert [it["starts"] for it in settings] == [
        ["000000010000000000000008", "000000010000000000000099"],
        [],
    ]


def test_programs_read_which_snapshot_is_usable(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.ends({"told": _snapped()})
    cluster.snapshots = volume_snapshots("good", "2026-11-28T02:05:00Z")
    command.windows(_environment(), "n8n", "archive", as_json=True)
    (told,) = json.loads(capsys.readouterr().out)
    assert told["snapshots"] == [
        {
            "snapshot": "good",
            "end": "2026-11-28T02:05:01+00:00",
            "start_wal": "000000010000000000000008",
            "fault": None,
        }
    ]
    assert len(told["ways"]) == 2


def test_the_copy_has_no_snapshots(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    cluster.ends({"told": _snapped()})
    cluster.snapshots = volume_snapshots("good", "2026-11-28T02:05:00Z")
    spec = environment(offsite=offsite(), databases=_environment().databases)
    command.windows(spec, None, "offsite", as_json=False)
    assert "snapshot" not in capsys.readouterr().out


def test_each_generation_is_read_the_active_one_first(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.ends({"told": FOUND})
    spec = _environment(generations=[upgrade()])
    command.windows(spec, "n8n", "archive", as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert [one["server"] for one in told] == spec.databases["n8n"].server_names[::-1]
    settings = [json.loads(pod["spec"]["containers"][0]["command"][3]) for pod in cluster.applied]
    assert [one["server"] for one in settings] == [one["server"] for one in told]


def test_the_copy_is_read_with_its_own_keys(cluster: Cluster) -> None:
    cluster.ends({"told": FOUND})
    away = offsite()
    spec = environment(offsite=away, databases=_environment().databases)
    command.windows(spec, "n8n", "offsite", as_json=True)
    (pod,) = cluster.applied
    settings = json.loads(pod["spec"]["containers"][0]["command"][3])["source"]
    assert (settings["endpoint"], settings["bucket"]) == (away.endpoint, away.bucket)
    sources = pod["spec"]["volumes"][1]["projected"]["sources"]
    assert sources[0]["secret"]["name"] == away.secret


def test_an_archive_that_cannot_be_restored_is_said_and_fails(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.ends({"told": NOTHING})
    assert command.windows(_environment(), "n8n", "archive", as_json=False) == 1
    assert "  restorable: nothing\n" in capsys.readouterr().out


@pytest.mark.usefixtures("cluster")
def test_a_fault_of_one_archive_does_not_hide_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter([Fault("s3", "it refuses the keys", "fix them"), FOUND])

    def survey(*_: object) -> Any:
        answer: Any = next(answers)
        if isinstance(answer, Fault):
            raise answer
        return Survey(answer)

    monkeypatch.setattr(command, "survey", survey)
    spec = _environment(generations=[upgrade()])
    assert command.windows(spec, "n8n", "archive", as_json=True) == 1
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert told[0]["fault"] == "s3: it refuses the keys; fix them"
    assert told[1]["windows"] == FOUND["windows"]
    assert "s3: it refuses the keys; fix them\n" in said.err


def test_where_no_api_server_answers_nothing_else_is_tried(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def survey(*_: object) -> Any:
        raise Unreachable("https://x", "it does not answer", "see that it runs")

    monkeypatch.setattr(command, "survey", survey)
    with pytest.raises(Unreachable):
        command.windows(_environment(), "n8n", "archive", as_json=True)
    assert cluster.applied == []


def test_a_database_that_is_not_declared_is_a_sentence() -> None:
    with pytest.raises(Fault, match=r"^database x: the environment has none .*; write one of n8n$"):
        command.windows(_environment(), "x", "archive", as_json=False)
