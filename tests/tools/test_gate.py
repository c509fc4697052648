"""What `.ci/run` runs, in a repository whose `make` and Python only note what they are asked."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support import ROOT

NOTES = """#!/bin/sh
echo "${0##*/} $*" >>"$NOTES"
case " $* " in *" $REFUSED "*) exit 1; esac
"""
GIT = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
WITH_EQUIPMENT = ["test", "test-equipment", "ready", "lab-smoke", "lab-down"]
WITHOUT = ["test", "ready", "lab-smoke", "lab-down"]


class Gate:
    """A repository with the files that the gate looks at, and a cache of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path / "repository"
        self._notes = path / "notes"
        self._programs = path / "programs"
        self.cache = path / "cache"
        for name in ("tools/x.py", "tests/engine/equipment/x.py", "tests/engine/conftest.py"):
            self.write(name)
        for name in ("requirements.txt", "requirements-dev.txt", "stacks/x.py"):
            self.write(name)
        self.write(".gitignore", ".venv\n")
        (self.path / ".ci").mkdir()
        shutil.copy(ROOT / ".ci" / "run", self.path / ".ci")
        self._programs.mkdir()
        for program in (self._programs / "make", self.path / ".venv" / "bin" / "python"):
            program.parent.mkdir(parents=True, exist_ok=True)
            program.write_text(NOTES)
            program.chmod(0o755)
        subprocess.run([*GIT, "init", "--quiet"], cwd=self.path, check=True)
        self.commit()

    def write(self, name: str, text: str = "one\n") -> None:
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).write_text(text)

    def commit(self) -> None:
        subprocess.run([*GIT, "add", "--all"], cwd=self.path, check=True)
        subprocess.run([*GIT, "commit", "--quiet", "--message=x"], cwd=self.path, check=True)

    def run(self, refused: str = "nothing") -> tuple[int, list[str]]:
        """Return the exit code, and what was run: a target of make, or a command of the lab."""
        self._notes.write_text("")
        done = subprocess.run(
            [self.path / ".ci" / "run"],
            env=os.environ
            | {
                "PATH": f"{self._programs}:{os.environ['PATH']}",
                "TIER0_CACHE": str(self.cache),
                "NOTES": str(self._notes),
                "REFUSED": refused,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        lines = self._notes.read_text().splitlines()
        return done.returncode, [
            re.sub(r"^(make|python -m tools\.lab) (\S+).*", r"\2", x) for x in lines
        ]


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return Gate(tmp_path)


def test_the_equipments_tests_run_again_only_where_it_is_new(gate: Gate) -> None:
    assert gate.run() == (0, WITH_EQUIPMENT)
    assert gate.run() == (0, WITHOUT)
    gate.write("stacks/x.py", "two\n")
    gate.commit()
    assert gate.run() == (0, WITHOUT)


@pytest.mark.parametrize(
    "name",
    ["tools/x.py", "tools/new.py", "tests/engine/equipment/x.py", "requirements.txt"],
)
def test_equipment_that_changed_is_tested_again(gate: Gate, name: str) -> None:
    gate.run()
    gate.write(name, "two\n")
    for _ in range(2):  # not committed, it has no name that could be noted
        assert gate.run() == (0, WITH_EQUIPMENT)
    gate.commit()
    assert gate.run() == (0, WITH_EQUIPMENT)
    assert gate.run() == (0, WITHOUT)


def test_equipment_that_failed_is_tested_again(gate: Gate) -> None:
    assert gate.run("test-equipment") == (1, ["test", "test-equipment"])
    assert gate.run() == (0, WITH_EQUIPMENT)


def test_the_lab_is_removed_whatever_its_tests_say(gate: Gate) -> None:
    code, ran = gate.run("lab-smoke")
    assert code != 0
    assert ran == WITH_EQUIPMENT


def test_a_lab_that_cannot_be_removed_fails_the_gate(gate: Gate) -> None:
    code, ran = gate.run("lab-down")
    assert code != 0
    assert ran == WITH_EQUIPMENT


def test_without_a_lab_the_gate_ends_with_what_is_lacking(gate: Gate) -> None:
    assert gate.run("ready") == (0, ["test", "test-equipment", "ready"])


def test_what_the_gate_runs_is_there() -> None:
    gate = (ROOT / ".ci" / "run").read_text("utf-8")
    for target in re.findall(r"make ([a-z-]+)", gate):
        assert re.search(rf"(?m)^{target}:", (ROOT / "Makefile").read_text("utf-8")), target
    (paths,) = re.findall(r"equipment=\((.*)\)", gate)
    assert [path for path in paths.split() if not (ROOT / path).exists()] == []
