"""A drill from the command line: what it starts, says, writes and ends with."""

import json
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import parse

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from components.pods.evidence import STATUS, Evidence, Proof, read
from stacks.cluster import Unreachable
from stacks.command import Fault, run_command
from stacks.drill.drill import Asked, drill, require
from tests import drilled
from tests.stacks.drill.clusters import Drills, Moment, ended, refused, waiting
from tests.valid import environment

ENVIRONMENT = environment()


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Drills:
    """Return a cluster that answers at once."""
    monkeypatch.setattr("stacks.drill.run._POLL_SECONDS", 0)
    return Drills()


def _asked(**changes: Any) -> Asked:
    given: dict[str, Any] = {
        "database": "n8n",
        "depth": "restore",
        "store": None,
        "to": None,
        "dry": False,
        "as_json": False,
        "junit": None,
    }
    return Asked(**given | changes)


def _drill(cluster: Drills, **changes: Any) -> int:
    return run_command(lambda: drill(cluster.client, ENVIRONMENT, _asked(**changes)))


def _kinds(path: Path) -> set[str]:
    """Return how the test cases of a JUnit file went."""
    return {part.tag for case in parse(path).iter("testcase") for part in case} or {"passed"}  # noqa: S314 - our own


@pytest.mark.parametrize(
    "evidence",
    [drilled.passed(), drilled.missed(), drilled.failed(), drilled.unverified()],
    ids=lambda it: it.verdict,
)
def test_the_status_says_the_verdict(cluster: Drills, evidence: Evidence) -> None:
    cluster.ends(evidence)
    assert _drill(cluster) == STATUS[evidence.verdict]
    assert len(set(STATUS.values()) | {1, 2, 130}) == 7, "a gate tells them apart"
    assert cluster.deleted == [], "its own end removes it, later: its log can be read"


def test_what_people_read_has_the_measurements_next_to_the_objectives(
    cluster: Drills, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.ends(
        drilled.passed(
            restore_seconds=250.0,
            rto_seconds=900,
            archived_seconds=12.0,
            rpo_seconds=300,
            bounded_by="base backup (61 %)",
            target=None,
        )
    )
    _drill(cluster)
    said = capsys.readouterr().out
    assert said.startswith("n8n restore: passed; proved: yours (")
    assert "restore time of one instance: 4 min 10 s of RTO 15 min, bounded by base" in said
    assert "data at risk: 12 s of RPO 5 min" in said
    assert "restored to: the end\n" in said
    assert "refuted" not in said


def test_what_was_refuted_is_said_with_what_to_do(
    cluster: Drills, capsys: pytest.CaptureFixture[str]
) -> None:
    evidence = drilled.failed(left_behind="Cluster tier0-drills/drill")
    cluster.ends(evidence)
    _drill(cluster)
    said = capsys.readouterr().out
    (refuted,) = [it for it in evidence.proofs if it.outcome == "refuted"]
    assert f"refuted: {refuted.name}: {refuted.reason}\n" in said
    assert f"reason: {evidence.reason}\n" in said
    assert "left behind: Cluster tier0-drills/drill\n" in said
    assert all(it.name not in said for it in evidence.proofs if it.outcome != "refuted")


def test_what_a_table_is_called_does_not_steer_the_terminal(
    cluster: Drills, capsys: pytest.CaptureFixture[str]
) -> None:
    evil = "rows of app.public.\x1b[2J\x1b]0;passed\x07\u202e"
    proof = Proof(name=evil, rung="yours", outcome="refuted", reason=evil)
    cluster.ends(drilled.failed(proofs=(proof,), reason=evil), f"refuted: {evil}")
    _drill(cluster)
    said = capsys.readouterr()
    assert said.out.count(r"rows of app.public.\x1b[2J") == 3
    assert r"refuted: rows of app.public.\x1b[2J" in said.err
    assert not {"\x1b", "\x07", "\u202e"} & {*said.out, *said.err}


def test_progress_is_said_once_and_by_whole_lines_and_the_evidence_is_no_progress(
    cluster: Drills, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said: list[str] = []
    cluster.ends(drilled.passed(), "waits for the lock", "restores")
    cluster.moments[:1] = [Moment(it) for it in ("waits", "waits for the lock\nres")]
    logs, log = iter(["", "", "waits for the lock\n"]), cluster.log

    def seen(*arguments: str) -> str:
        said.append(capsys.readouterr().err)
        assert said[-1].endswith(next(logs)), "each as it comes"
        return log(*arguments)

    monkeypatch.setattr(cluster, "log", seen)
    _drill(cluster, as_json=True)
    last = capsys.readouterr()
    assert "".join([*said, last.err]).splitlines()[1:] == ["waits for the lock", "restores"]
    assert read(json.loads(last.out)) == drilled.passed()


def test_the_job_is_the_schedules_with_the_overrides_last_and_without_an_owner(
    cluster: Drills,
) -> None:
    cluster.ends(drilled.passed())
    _drill(cluster, store="offsite", to="2026-11-29T10:00:00.000000+00:00", dry=True)
    (job,) = cluster.applied
    assert job["metadata"]["name"].startswith("n8n-restore-")
    assert job["metadata"]["labels"] == {"tier0/drill": "n8n"}
    assert "ownerReferences" not in job["metadata"]
    main = job["spec"]["template"]["spec"]["containers"][0]
    assert main["command"] == ["python3", "-m", "pods.drill", "{}"]
    (overrides,) = main["args"]
    assert json.loads(overrides) == {
        "store": "offsite",
        "to": "2026-11-29T10:00:00.000000+00:00",
        "dry": True,
    }
    assert job["spec"]["activeDeadlineSeconds"] == 7500


def test_what_is_not_asked_for_is_the_programs_to_choose_and_two_jobs_have_two_names(
    cluster: Drills,
) -> None:
    for _ in range(2):
        cluster.ends(drilled.passed())
        _drill(cluster)
    first, second = cluster.applied
    assert first["spec"]["template"]["spec"]["containers"][0]["args"] == ["{}"]
    assert first["metadata"]["name"] != second["metadata"]["name"]
    assert cluster.schedules["n8n-restore"]["spec"]["suspend"] is True


def test_the_drill_that_this_one_waits_for_is_named(
    cluster: Drills, capsys: pytest.CaptureFixture[str]
) -> None:
    owner = {"kind": "Job", "name": "shop-deep-123"}
    cluster.scratch = {"metadata": {"ownerReferences": [owner]}}
    for depth, waits in (("restore", True), ("look", False)):
        cluster.ends(drilled.passed())
        _drill(cluster, depth=depth)
        sentence = "Job tier0-drills/shop-deep-123: it drills; this one waits until it has ended"
        assert (sentence in capsys.readouterr().err) is waits


UNVERIFIED: dict[str, tuple[Moment, str]] = {
    "its memory": (Moment("restores\n", ended(137, "OOMKilled")), "with 137 OOMKilled (restores)"),
    "a traceback": (Moment("Traceback\nKeyError\n", ended(1, "Error")), "(Traceback KeyError)"),
    "another schema": (Moment('{"schema": "x/2"}\n', ended()), 'with 0 Completed ({"schema"'),
    "half an evidence": (Moment('{"schema": "tier0.drill/1"}\n', ended()), "0 Completed"),
    "an eviction": (
        Moment("", {"phase": "Failed", "reason": "Evicted", "message": "no memory left"}),
        "its pod ended (Evicted: no memory left)",
    ),
    "its deadline": (
        Moment("", None, {"conditions": [{"type": "Failed", "status": "True", "reason": "Late"}]}),
        "it ended without a pod (Late)",
    ),
    "a deletion": (Moment("", None, None), "it was deleted while it ran"),
    "a forbidden log": (Moment(refused(403, "no pods/log")), "no pods/log; grant that right"),
}


@pytest.mark.parametrize("ending", UNVERIFIED)
def test_without_evidence_nothing_is_verified_and_the_reason_is_said(
    ending: str, cluster: Drills, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moment, reason = UNVERIFIED[ending]
    cluster.moments = [moment]
    file = tmp_path / "drill.xml"
    assert _drill(cluster, as_json=True, junit=file) == STATUS["unverified"]
    told = json.loads(capsys.readouterr().out)
    assert (told["verdict"], told["rung"]) == ("unverified", "none")
    assert reason in told["reason"]
    assert "error" in _kinds(file)
    assert len(cluster.deleted) == (ending == "a forbidden log"), "it still runs"


@given(log=st.text() | st.sampled_from(["{}", "[1]", "null", '{"schema":"tier0.drill/1"}']))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@example(log=json.dumps(drilled.passed(verdict="great").json))
@example(log=json.dumps(drilled.passed().json | {"phases": [1]}))
def test_whatever_a_program_prints_is_no_traceback(cluster: Drills, log: str) -> None:
    cluster.moments = [Moment(log), Moment(log, ended(1, "Error"))]
    assert _drill(cluster) == STATUS["unverified"]


def test_evidence_that_was_read_counts_though_the_pod_is_gone_before_the_job_ends(
    cluster: Drills,
) -> None:
    late = {"conditions": [{"type": "Failed", "status": "True", "reason": "DeadlineExceeded"}]}
    evidence = drilled.missed()
    cluster.moments = [Moment(f"{json.dumps(evidence.json)}\n"), Moment("", None, late)]
    assert _drill(cluster) == STATUS["missed"]


def test_a_drill_that_nothing_ends_is_given_up(
    cluster: Drills, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("stacks.drill.run._START_SECONDS", 0)
    cluster.schedules["n8n-restore"]["spec"]["jobTemplate"]["spec"]["activeDeadlineSeconds"] = 0
    cluster.moments = [Moment("restores\n")]
    assert _drill(cluster) == STATUS["unverified"]
    assert "it does not end; see its pod, then run again" in capsys.readouterr().out
    assert len(cluster.deleted) == 1


def test_what_a_drill_waits_for_is_said_once(
    cluster: Drills, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.ends(drilled.passed())
    cluster.moments[:0] = [Moment("", None)] * 3 + [Moment("", waiting("ErrImagePull"))] * 3
    _drill(cluster)
    said = capsys.readouterr().err
    assert said.count("waits (it has no pod)") == said.count("waits (ErrImagePull)") == 1


STUCK: dict[str, tuple[Moment, str]] = {
    "no controller": (Moment("", None), "it does not start (it has no pod)"),
    "no image": (
        Moment("", waiting("ImagePullBackOff", "not found")),
        "it does not start (ImagePullBackOff: not found)",
    ),
    "no image of the database": (
        Moment("", waiting("ErrImagePull", "denied", first=True)),
        "it does not start (ErrImagePull: denied)",
    ),
    "no node": (
        Moment(
            "",
            {
                "phase": "Pending",
                "conditions": [
                    {"type": "PodScheduled", "status": "False", "message": "0/3 nodes fit"}
                ],
            },
        ),
        "it does not start (0/3 nodes fit)",
    ),
}


@pytest.mark.parametrize("why", STUCK)
def test_a_drill_that_does_not_start_says_why_and_is_given_up(
    why: str,
    cluster: Drills,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("stacks.drill.run._START_SECONDS", 0)
    moment, reason = STUCK[why]
    cluster.moments = [moment]
    assert _drill(cluster) == STATUS["unverified"]
    said = capsys.readouterr()
    assert f"{reason}; correct that, then run again" in said.out
    assert cluster.deleted == [cluster.applied[0]["metadata"]["name"]], "it must not begin later"


def test_an_interrupted_drill_is_deleted_and_its_file_is_no_earlier_runs(
    cluster: Drills,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "drill.xml"
    cluster.ends(drilled.passed(archived_seconds=1.0))
    assert _drill(cluster, junit=file) == 0
    assert "error" not in _kinds(file)
    monkeypatch.setattr("stacks.drill.run.time.sleep", _interrupted)
    cluster.moments = [Moment()]
    assert _drill(cluster, junit=file) == 130
    assert cluster.deleted == [cluster.applied[-1]["metadata"]["name"]]
    said = capsys.readouterr().err
    assert ": it is deleted, and its scratch cluster with it\n" in said
    assert said.endswith("interrupted; run it again\n")
    assert "error" in _kinds(file)


def _interrupted(_: float) -> None:
    raise KeyboardInterrupt


AWAY = Unreachable("https://k8s:6443", "the API server does not answer (refused)", "see that it")


@pytest.mark.parametrize("fault", [AWAY, refused(503, "it starts"), refused(500, "etcd")])
def test_an_api_server_that_is_away_for_a_while_ends_no_drill(
    fault: Exception, cluster: Drills, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.ends(drilled.passed())
    cluster.moments = [Moment(job=fault), Moment(job=fault), Moment(fault), *cluster.moments]
    assert _drill(cluster) == 0
    assert capsys.readouterr().err.count("; it is asked again") == 1


def test_a_drill_that_cannot_be_deleted_is_said_with_the_command_that_does(
    cluster: Drills, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("stacks.drill.run._AWAY_SECONDS", -1)
    cluster.moments, cluster.refuses = [Moment(job=AWAY)], 403
    assert _drill(cluster) == STATUS["unverified"]
    said = capsys.readouterr()
    assert "does not answer" in said.out
    name = cluster.applied[0]["metadata"]["name"]
    assert f"it may still run; delete it: kubectl -n tier0-drills delete job {name}\n" in said.err


def test_a_job_that_is_not_admitted_is_no_drill(
    cluster: Drills, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def denied(_: object, *, manager: str) -> None:
        raise refused(403, f"jobs is forbidden to {manager}")

    monkeypatch.setattr(cluster, "apply", denied)
    assert _drill(cluster) == 1
    assert capsys.readouterr().err.endswith(
        "jobs is forbidden to tier0; grant that right to the account of this context\n"
    )
    assert cluster.deleted == []


def test_without_its_schedule_there_is_no_drill(
    cluster: Drills, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _drill(cluster, depth="deep") == 1
    sentence = "CronJob tier0-drills/n8n-deep: it is not there; run pulumi up first\n"
    assert capsys.readouterr().err == sentence


def test_a_database_without_drills_or_copy_is_a_sentence() -> None:
    with pytest.raises(Fault, match=r"^databases.n8n.drills: the database has none; write Drills"):
        require(environment(disposable=True), _asked())
    with pytest.raises(Fault, match="no off-site copy; read the archive"):
        require(ENVIRONMENT, _asked(store="offsite"))
    with pytest.raises(Fault, match=r"^database x: the environment has none"):
        require(ENVIRONMENT, _asked(database="x"))
    require(ENVIRONMENT, _asked())
