"""The demo as it is told, in a rehearsal: what needs a lab is acted, the commands are real."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from components.pods.evidence import Evidence
from stacks.check import load
from stacks.recovery.archives import Which
from tests import drilled
from tests.support import ROOT
from tools import Fault
from tools.demo import __main__ as command
from tools.demo import stage as stages
from tools.demo import story
from tools.demo.stage import MODULE, ROLE, Fire, Stage
from tools.lab.cluster import Lab
from tools.lab.databases import commands
from tools.lab.machine import host
from tools.lab.offsite.keys import given
from tools.lab.offsite.store import COPIER, ENDPOINT
from tools.lock import held

STEPS = [
    *("bring_up", "plan", "deploy", "write", "wait_backed_up", "wait_copied", "drill offsite"),
    *("burn", "restore", "bring_up", "deploy", "lost", "wait_backed_up", "drill archive"),
    *("report", "down"),
]
NAMES = [
    *("lab", "plan", "deploy", "client", "backup", "backup", "drill"),
    *("fire", "restore", "lab", "recover", "rows", "backup", "drill", "report", "lab"),
]
"""The name under which each of them is told."""


class Rehearsal(Stage):
    """A stage without a lab. `plan`, `restore` and `report` are tier0's own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(Lab(folder / "lab"), folder / "demo")
        self.done: list[str] = []
        self.told: list[str] = []
        """The last line that was told when each step was done."""

        self.before: Callable[[str], None] = lambda _: None
        """Called as each step begins."""

        self.said: list[str] = []
        self.evidence: Callable[..., Evidence] = drilled.passed
        self.missing = {3}

    def _act(self, step: str) -> None:
        self.done.append(step)
        self.told.append(self.said[-1] if self.said else "")
        self.before(step)

    def bring_up(self) -> None:
        self._act("bring_up")
        print("what the lab says is for the log")  # noqa: T201

    def plan(self) -> stages.Objectives:
        self._act("plan")
        return super().plan()

    def deploy(self) -> None:
        self._act("deploy")

    def write(self) -> None:
        self._act("write")

    def wait_backed_up(self) -> None:
        self._act("wait_backed_up")

    def wait_copied(self) -> None:
        self._act("wait_copied")

    def drill(self, store: Which) -> Evidence:
        self._act(f"drill {store}")
        return super().drill(store)

    def burn(self) -> Fire:
        self._act("burn")
        now = time.time()
        return Fire(now, {1: now - 300, 2: now - 30, 3: now - 20})

    def restore(self) -> str:
        self._act("restore")
        return super().restore()

    def lost(self, fire: Fire) -> set[int]:
        assert fire.committed
        self._act("lost")
        return self.missing

    def report(self) -> tuple[str, int]:
        self._act("report")
        return super().report()

    def down(self) -> None:
        self._act("down")


@pytest.fixture
def rehearsal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rehearsal:
    """A stage, on a machine where a lab can come up; its drills pass."""
    made = Rehearsal(tmp_path)

    def stacks(lab: Lab, *words: str) -> "subprocess.CompletedProcess[str]":
        if words[0] != "drill":
            return commands.stacks(lab, *words)
        assert words[2:4] == (ROLE, "--from"), words
        store, now = words[4], datetime.now(UTC)
        found = made.evidence(
            id=f"{ROLE}-restore-{store}",
            environment="demo",
            store=store,
            begun=now.isoformat(),
            ended=now.isoformat(),
        )
        return subprocess.CompletedProcess(words, 0, json.dumps(found.json), "")

    def say(line: str) -> None:
        made.said.append(line)
        print(line)  # noqa: T201

    monkeypatch.setattr("tools.demo.stage.stacks", stacks)
    monkeypatch.setattr(stages, "OWNER", tmp_path / "owner")
    monkeypatch.setattr(story, "say", say)
    for check in ("provide", "check", "check_root", "check_kernel"):
        monkeypatch.setattr(host, check, lambda: None)
    monkeypatch.setattr(Lab, "check", lambda _: None)
    monkeypatch.setattr(command, "STATE", tmp_path)
    monkeypatch.setattr(command, "Stage", lambda *_: made)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    return made


def test_each_step_is_told_before_it_is_done_and_the_last_line_is_the_report(
    rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([]) == 0
    assert rehearsal.done == STEPS
    for name, told in zip(NAMES, rehearsal.told, strict=True):
        assert told.startswith(f"{name}: "), told
        assert told.endswith(" ...")
    said = capsys.readouterr().out.splitlines()
    assert said == rehearsal.said, "what a step says is for the log"
    assert said[-1] == str(rehearsal.page)
    page = rehearsal.page.read_text("utf-8")
    assert "n8n-restore-archive" in page
    assert "off-site" in page
    assert "what the lab says is for the log" in rehearsal.log.read_text("utf-8")


def test_the_lines_say_what_was_measured_and_what_was_declared(rehearsal: Rehearsal) -> None:
    story.tell(rehearsal)
    said = [line.rpartition(" (")[0] for line in rehearsal.said]
    assert "drill: passed, yours; restored in 41 s of 15 min" in said
    assert (
        "plan: if all of the cluster burns, n8n is back in 15 min, without at most the last"
        " 3 min 30 s of writes" in said
    )
    assert "restore: it declares n8n-postgres-g2, out of the off-site copy" in said
    assert "rows: 2 of 3 are there; the others are of the last 20 s, of 3 min 30 s" in said
    assert "report: fresh" in said
    assert load(str(rehearsal.module)).databases[ROLE].active == 2
    assert load(str(MODULE)).databases[ROLE].active is None, "the checkout stays as it is"


def test_no_row_lost_is_said_so(rehearsal: Rehearsal) -> None:
    rehearsal.missing = set()
    story.tell(rehearsal)
    assert any(line.startswith("rows: all 3 are there") for line in rehearsal.said)


@pytest.mark.parametrize("step", ["bring_up", "deploy", "drill offsite", "burn", "lost", "report"])
def test_after_a_step_that_fails_the_lab_is_removed_and_one_sentence_says_why(
    rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str], step: str
) -> None:
    def fail(now: str) -> None:
        if now == step:
            raise Fault("here", "it is broken", "repair it")

    rehearsal.before = fail
    assert command.main([]) == 1
    assert rehearsal.done == [*STEPS[: STEPS.index(step) + 1], "down"]
    told = capsys.readouterr()
    assert told.err == "tier0: here: it is broken; repair it\n"
    assert f"{NAMES[STEPS.index(step)]}: failed after 0 s" in told.out
    assert rehearsal.said[-1].startswith("lab: removed")
    assert "it is broken" in rehearsal.log.read_text("utf-8")


@pytest.mark.parametrize("step", ["bring_up", "deploy", "burn", "drill offsite"])
def test_after_an_interrupt_the_lab_is_removed(
    rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str], step: str
) -> None:
    def interrupt(now: str) -> None:
        if now == step:
            raise KeyboardInterrupt

    rehearsal.before = interrupt
    assert command.main([]) == 130
    assert rehearsal.done[-2:] == [step, "down"]
    told = capsys.readouterr()
    assert told.err == "tier0: the demo: interrupted; run it again, or `make lab-down`\n"
    assert ": interrupted after " in told.out


def test_a_drill_without_the_data_ends_the_demo_before_the_fire(
    rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str]
) -> None:
    rehearsal.evidence = drilled.failed
    assert command.main([]) == 1
    assert rehearsal.done[-2:] == ["drill offsite", "down"]
    assert "its verdict is failed (n8n.public.execution_entity: " in capsys.readouterr().err
    assert not rehearsal.page.exists()


def test_a_missed_objective_is_told_and_is_the_exit_status(rehearsal: Rehearsal) -> None:
    rehearsal.evidence = drilled.missed
    assert story.tell(rehearsal) == 3
    line = "drill: missed, yours; restored in 16 min 5 s of 15 min"
    assert any(it.startswith(line) for it in rehearsal.said)


def test_more_lost_than_declared_is_missed_where_every_drill_passed(rehearsal: Rehearsal) -> None:
    rehearsal.missing = {1, 2, 3}
    assert story.tell(rehearsal) == 3
    line = "rows: 0 of 3 are there; the others are of the last 5 min, of 3 min 30 s: missed"
    assert any(it.startswith(line) for it in rehearsal.said)


def test_the_lab_is_removed_where_nothing_reads_what_is_told(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def say(_: str) -> None:
        if rehearsal.done:
            raise BrokenPipeError

    monkeypatch.setattr(story, "say", say)
    with pytest.raises(BrokenPipeError):
        story.tell(rehearsal)
    assert rehearsal.done == ["bring_up", "down"]


def test_a_lab_that_is_up_is_neither_burnt_nor_removed(
    rehearsal: Rehearsal, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "owner").write_text("/elsewhere/.tier0/lab")
    assert command.main([]) == 1
    assert rehearsal.done == []
    assert capsys.readouterr().err == (
        "tier0: /elsewhere/.tier0/lab: a lab is up, and the demo burns the one it uses; run "
        "`make lab-down` in its checkout first\n"
    )


def test_a_second_demo_is_refused(rehearsal: Rehearsal, tmp_path: Path) -> None:
    with held(tmp_path / "demo.lock"):
        assert command.main([]) == 1
    assert rehearsal.done == []


def test_who_is_not_root_gets_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(command, "STATE", tmp_path / "state")
    assert command.main([]) == 1
    assert capsys.readouterr() == (
        "",
        "tier0: the lab: it makes namespaces, mounts and control groups, which only root may; run "
        "it as root, in a virtual machine if that is too much\n",
    )
    assert not (tmp_path / "state").exists()


def test_lost_rows_are_the_newest_ones_or_the_archive_has_a_hole() -> None:
    fire = Fire(100.0, {1: 90.0, 2: 95.0, 3: 99.0})
    assert fire.lost_seconds(set()) == 0
    assert fire.lost_seconds({2, 3}) == 5
    with pytest.raises(Fault, match="row 2 is lost, and 1 newer ones are there"):
        fire.lost_seconds({2})


def test_its_environment_fits_the_lab() -> None:
    environment = load(str(MODULE))
    copies = environment.offsite
    assert copies is not None
    assert copies.lock is not None
    assert (copies.endpoint, copies.secret, copies.ca_secret) == (ENDPOINT, COPIER, COPIER)
    assert environment.drills(ROLE) is not None
    assert [*environment.databases] == [ROLE]


def test_keys_are_given_as_soon_as_their_namespace_is_there() -> None:
    there: list[str] = []

    class Cluster:
        def apply(self, manifests: list[dict[str, Any]]) -> None:
            if "up" not in there:
                raise Fault("Secret", "its namespace is not there", "make it")
            there.extend(str(it["name"]) for it in manifests)

    lab: Any = Cluster()
    with given(lab, [{"name": "one"}, {"name": "two"}]):
        there.append("up")
    assert set(there) == {"up", "one", "two"}
    with pytest.raises(Fault), given(lab, [{"name": "three"}]):
        there.clear()


def test_make_runs_it() -> None:
    quiet = ["--dry-run", "--no-print-directory"]  # it may be a make that runs this test
    done = subprocess.run(
        ["make", *quiet, "demo"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == ".venv/bin/python -m tools.demo"
