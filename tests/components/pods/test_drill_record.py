"""The record has the last drill of each depth, the last good one, and a short history."""

import json
from typing import Any

import pytest

from components.pods.api import Namespace
from components.pods.drill_record import Record
from components.pods.drill_run import Run
from components.pods.evidence import Depth, Evidence, Verdict
from components.pods.s3 import Fault
from tests.drills import JOBS, RECORD, World


@pytest.fixture
def record(world: World) -> Record:
    return Record(Namespace(world.settings["namespace"]), "shop-drills", "job", "job-uid")


def _ended(world: World, depth: Depth = "restore", verdict: Verdict = "passed") -> Evidence:
    run = world.run(world.settings, depth, "archive")
    if verdict == "failed":
        run.failed = "x"
    elif verdict == "missed":
        run.missed = "x"
    elif verdict == "unverified":
        run.unverified = "x"
    return run.evidence()


def test_only_a_drill_that_restored_is_the_last_good_one(world: World, record: Record) -> None:
    verdicts: tuple[Verdict, ...] = ("passed", "missed", "failed", "unverified")
    for verdict in verdicts:
        record.end(_ended(world, verdict=verdict))
    assert world.record["restore"]["verdict"] == "unverified"
    assert world.record["good-restore"]["verdict"] == "missed"
    good = record.good(world.run(world.settings, "restore", "offsite"))
    assert good
    assert good.verdict == "missed"
    assert record.good(world.run(world.settings, "deep", "archive")) is None


def test_the_history_has_the_last_thirty_of_each_depth(world: World, record: Record) -> None:
    for _ in range(31):
        record.end(_ended(world))
    record.end(_ended(world, "look"))
    depths = [it["depth"] for it in world.record["history"]]
    assert depths == ["restore"] * 30 + ["look"]
    begins = [it["begun"] for it in world.record["history"][:30]]
    assert begins == sorted(begins)
    assert begins[-1] == world.record["restore"]["begun"]


def test_a_history_entry_has_what_a_strip_of_runs_shows(world: World, record: Record) -> None:
    record.end(_ended(world))
    assert set(world.record["history"][0]) == {
        "id",
        "depth",
        "store",
        "begun",
        "verdict",
        "rung",
        "target",
        "restore_seconds",
        "archived_seconds",
    }


def test_each_step_is_in_it_while_a_drill_runs(world: World, record: Record) -> None:
    run = world.run(world.settings, "restore", "archive")
    assert record.begin(run) == ""
    record.step(run, "restores")
    assert world.record["running"] == {
        "id": run.id,
        "job": "job",
        "uid": "job-uid",
        "step": "restores",
        "store": "archive",
    }
    record.end(run.evidence())
    assert "running" not in world.record


def test_a_step_that_cannot_be_noted_holds_nothing_up(world: World, record: Record) -> None:
    run = world.run(world.settings, "restore", "archive")
    record.begin(run)
    world.kube.refuses["PATCH"] = (403, "forbidden")
    record.step(run, "restores")
    assert world.record["running"]["step"] == "start"


def test_a_pod_that_comes_after_one_of_the_same_job_writes_the_first_ones_evidence(
    world: World, record: Record
) -> None:
    first = world.run(world.settings, "restore", "archive")
    record.begin(first)
    record.step(first, "restores")
    other = Record(Namespace("tier0-drills"), "shop-drills", "job", "job-uid")
    second = world.run(world.settings, "restore", "archive")
    assert other.begin(second) == ""
    assert world.record["restore"]["id"] == first.id
    assert "it was killed at restores" in world.record["restore"]["reason"]
    assert world.record["running"]["id"] == second.id


@pytest.mark.parametrize("conditions", [[], [{"type": "Suspended", "status": "True"}]])
def test_a_job_that_has_not_ended_keeps_the_record(
    world: World, record: Record, conditions: list[Any]
) -> None:
    world.kube.put(f"{JOBS}/other", metadata={"uid": "u"}, status={"conditions": conditions})
    running = {"id": "shop-deep-20261130T032300Z", "job": "other", "uid": "u", "step": "restores"}
    world.kube.objects[RECORD]["data"] = {"running": json.dumps(running)}
    assert record.begin(world.run(world.settings, "look", "archive")) == running["id"]
    with pytest.raises(Fault, match="shop-deep-20261130T032300Z: it runs at restores"):
        record.unused()


@pytest.mark.parametrize("ended", ["Complete", "Failed"])
def test_a_job_that_has_ended_does_not(world: World, record: Record, ended: str) -> None:
    conditions = [{"type": ended, "status": "True"}]
    world.kube.put(f"{JOBS}/other", metadata={"uid": "u"}, status={"conditions": conditions})
    running = {"id": "shop-deep-20261130T032300Z", "job": "other", "uid": "u", "step": "restores"}
    world.kube.objects[RECORD]["data"] = {"running": json.dumps(running)}
    record.unused()
    assert record.begin(world.run(world.settings, "look", "archive")) == ""
    assert world.record["deep"]["begun"] == "2026-11-30T03:23:00+00:00"


def test_what_another_has_written_meanwhile_stays(world: World, record: Record) -> None:
    """The ConfigMap is read again where it has changed between reading and writing."""
    once = [True]

    def change(method: str, _: str) -> None:
        if method == "PATCH" and once.pop() if once else False:
            found = world.kube.objects[RECORD]
            found["data"]["look"] = json.dumps({"of": "another"})
            found["metadata"]["resourceVersion"] = "9"

    world.kube.on = change
    record.end(_ended(world))
    assert set(world.record) == {"look", "restore", "good-restore", "history"}


def test_a_record_that_never_stands_still_is_a_fault(world: World, record: Record) -> None:
    world.kube.refuses["PATCH"] = (409, "changed")
    with pytest.raises(Fault, match="others change it all the time"):
        record.end(_ended(world))


def test_evidence_of_another_schema_is_nothing_to_compare_with(
    world: World, record: Record
) -> None:
    world.kube.objects[RECORD]["data"] = {"good-restore": json.dumps({"schema": "tier0.drill/9"})}
    assert record.good(world.run(world.settings, "restore", "archive")) is None


@pytest.mark.parametrize(
    "other",
    [{"environment": "e"}, {"database": "d"}, {"generation": 2}, {"server": "db-2"}],
    ids=lambda it: next(iter(it)),
)
def test_the_evidence_of_another_archive_is_nothing_to_compare_with(
    world: World, record: Record, other: dict[str, Any]
) -> None:
    """A recovery to an earlier moment has fewer rows, as somebody chose."""
    record.end(_ended(world))
    run = world.run(world.settings | other, "restore", "archive")
    assert record.good(run) is None


@pytest.mark.parametrize("key", ["running", "history", "restore", "good-restore"])
@pytest.mark.parametrize(
    "text", ["{", "[1]", "7", '{"id": 3}', '[{"id": "x"}]', "[" * 100_000], ids=range(6)
)
def test_whatever_somebody_has_written_into_it_the_next_drill_passes(
    world: World, key: str, text: str
) -> None:
    world.kube.objects[RECORD]["data"] = {key: text}
    found = world.drill()
    assert (found.verdict, found.reason) == ("passed", "")
    assert world.record["restore"]["id"] == found.id
    assert [it["id"] for it in world.record["history"]] == [found.id]


def test_running_that_says_nothing_is_written_over(world: World, record: Record) -> None:
    world.kube.objects[RECORD]["data"] = {"running": json.dumps({"id": "x", "job": "gone"})}
    assert record.begin(Run(world.settings, "look", "archive")) == ""
    assert set(world.record) == {"running"}
