"""The page about pipelines: its commands and statuses are those of the command line."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from components.pods.evidence import STATUS
from components.pods.page import VERDICTS
from stacks import __main__ as command_line
from stacks.drill.drill import Asked
from tests.support import ROOT

PAGE = (ROOT / "docs" / "ci-gate.md").read_text("utf-8")


BLOCKS: list[str] = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def blocks() -> list[dict[str, Any]]:
    """Return what the page's YAML blocks hold."""
    return [yaml.safe_load(block) for block in BLOCKS]


def _commands() -> Iterator[str]:
    """Yield the drills that the pipelines run."""
    _, github, gitlab = blocks()
    steps = github["jobs"]["drill"]["steps"]
    lines = [line for step in steps for line in step.get("run", "").splitlines()]
    for line in [*lines, *gitlab["drill"]["script"]]:
        if found := re.fullmatch(r"\.venv/bin/python -m stacks (.+)", line):
            yield found[1]


@pytest.mark.parametrize("command", [*_commands()])
def test_a_pipeline_runs_a_drill_that_the_command_line_takes(command: str) -> None:
    arguments = vars(command_line)["_arguments"](shlex.split(command))
    assert arguments.command == "drill"
    assert Asked.of(arguments).junit


def test_both_pipelines_run_one() -> None:
    assert len([*_commands()]) == 2


def test_the_statuses_are_those_of_the_verdicts() -> None:
    rows = re.findall(r"^\| (\d) \| ([^|]+) \|", PAGE, re.MULTILINE)
    assert {int(status): verdict for status, verdict in rows} == {
        status: VERDICTS[verdict].lower().removesuffix(" an objective")
        for verdict, status in STATUS.items()
    }


def test_only_a_missed_objective_may_be_let_pass() -> None:
    *_, gitlab = blocks()
    assert gitlab["drill"]["allow_failure"] == {"exit_codes": [STATUS["missed"]]}
