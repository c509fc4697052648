"""The workflows: minimal rights, pinned actions, and no logic outside the tested scripts."""

import importlib
import importlib.util
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support import ROOT

FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS: dict[str, dict[Any, Any]] = {
    path.stem: yaml.safe_load(path.read_text()) for path in sorted(FOLDER.glob("*.yml"))
}
SETUP = "./.github/actions/setup"
"""The steps that every job has in common."""

ON = True  # YAML 1.1 reads the key `on` so


def steps(workflow: str) -> Iterator[dict[str, Any]]:
    for job in WORKFLOWS[workflow]["jobs"].values():
        yield from job["steps"]


def every() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each step with the name of its workflow, and those of the common action."""
    for name in WORKFLOWS:
        yield from ((name, step) for step in steps(name))
    action = yaml.safe_load((ROOT / SETUP / "action.yml").read_text())
    yield from (("setup", step) for step in action["runs"]["steps"])


def runs() -> list[Any]:
    return [
        pytest.param(step["run"], id=f"{name}: {step['name']}")
        for name, step in every()
        if "run" in step
    ]


def uses() -> list[str]:
    return sorted({step["uses"] for _, step in every() if "uses" in step} - {SETUP})


def position(workflow: str, command: str) -> int:
    found = [n for n, step in enumerate(steps(workflow)) if command in step.get("run", "")]
    assert found, f"{workflow} does not run `{command}`"
    return found[0]


def test_the_five_workflows_are_there() -> None:
    assert list(WORKFLOWS) == ["charts", "check", "nightly", "preview", "up"]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_job_begins_with_the_same_two_steps(name: str) -> None:
    for job in WORKFLOWS[name]["jobs"].values():
        checkout, setup, *others = [step.get("uses", "") for step in job["steps"]]
        assert checkout.startswith("actions/checkout@")
        assert setup == SETUP
        assert not [one for one in others if one.startswith(("actions/checkout", "actions/setup"))]
        assert "make venv" not in [step.get("run") for step in job["steps"]]


@pytest.mark.parametrize("run", runs())
def test_every_step_runs_one_command_that_exists(run: str) -> None:
    plain = run.replace('"$ENVIRONMENT"', "homelab").replace('"$ONLY"', "homelab")
    plain = plain.replace('"$CREDENTIALS"', "required")
    assert not re.search(r"[;&|<>`$\n(){}*]", plain.strip()), f"more than one command: {run}"
    words = shlex.split(plain)
    if words[0] == "make":
        done = subprocess.run(
            ["/usr/bin/env", "make", "--dry-run", "--always-make", *words[1:]],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return
    assert words[:2] == [".venv/bin/python", "-m"], f"neither make nor a module of ours: {run}"
    module = importlib.import_module(f"{words[2]}.__main__")
    # Whichever way the module offers to read a command line; a wrong one ends the process.
    if hasattr(module, "parser"):
        module.parser().parse_args(words[3:])
    else:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", words[2:])
            vars(module)["_arguments"]()


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_value_of_the_outside_is_pasted_into_a_command(name: str) -> None:
    pasted = [step["run"] for step in steps(name) if "${{" in step.get("run", "")]
    assert not pasted, "take it from an environment variable"


@pytest.mark.parametrize("name", WORKFLOWS)
def test_each_job_says_which_few_rights_it_has(name: str) -> None:
    assert WORKFLOWS[name]["permissions"] == {}, "rights belong to the job that needs them"
    for job, content in WORKFLOWS[name]["jobs"].items():
        allowed = {"contents": "read"}
        if (name, job) == ("preview", "preview"):
            allowed["pull-requests"] = "write"
        assert content["permissions"] == allowed, job
        assert content["timeout-minutes"] <= 120, job


@pytest.mark.parametrize("name", WORKFLOWS)
def test_code_of_a_fork_never_runs_with_our_rights(name: str) -> None:
    assert not {"pull_request_target", "workflow_run"} & WORKFLOWS[name][ON].keys()
    for step in steps(name):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("action", uses())
def test_every_action_is_pinned_to_a_full_version(action: str) -> None:
    assert re.fullmatch(r"[\w-]+/[\w-]+@v\d+\.\d+\.\d+", action), action


@pytest.mark.parametrize("name", WORKFLOWS)
def test_only_the_steps_that_run_pulumi_see_secrets(name: str) -> None:
    for job in WORKFLOWS[name]["jobs"].values():
        assert "secrets." not in str(job.get("env", "")), "a job's variables reach every action"
        for step in job["steps"]:
            if "secrets." in str(step):
                assert re.search(r"stacks\.review (preview|up) ", step["run"]), step


@pytest.mark.parametrize("name", ["preview", "up"])
def test_the_secrets_are_named_once_in_a_workflow(name: str) -> None:
    named = re.findall(r"secrets\.\w+", (FOLDER / f"{name}.yml").read_text())
    assert named
    assert len(named) == len(set(named))


def test_every_night_all_that_the_gate_leaves_out_is_run_and_the_lab_removed() -> None:
    assert WORKFLOWS["nightly"][ON]["schedule"]
    jobs = WORKFLOWS["nightly"]["jobs"]
    ran = {job: [step["run"] for step in jobs[job]["steps"] if "run" in step] for job in jobs}
    assert ran == {
        "tests": ["make test", "make test-equipment"],
        "lab": ["make lab-test", "make lab-down"],
    }
    assert jobs["lab"]["steps"][-1]["if"] == "${{ always() }}"
    assert re.fullmatch(r"python:3\.13\.\d+-trixie", jobs["lab"]["container"]["image"])


def test_every_week_the_repositories_are_asked_for_the_pinned_charts() -> None:
    (schedule,) = WORKFLOWS["charts"][ON]["schedule"]
    assert re.fullmatch(r"\d+ \d+ \* \* [0-6]", schedule["cron"])
    assert [step["run"] for step in steps("charts") if "run" in step] == ["make charts"]


def test_the_engine_is_the_version_of_its_sdk() -> None:
    pinned = re.search(r"(?m)^pulumi==(.+)$", (ROOT / "requirements.txt").read_text())
    assert pinned
    installed = {
        step["with"]["pulumi-version"]
        for name in WORKFLOWS
        for step in steps(name)
        if step.get("uses", "").startswith("pulumi/")
    }
    assert installed == {pinned[1]}


def test_the_gate_runs_on_the_oldest_and_the_newest_python_without_secrets() -> None:
    job = WORKFLOWS["check"]["jobs"]["check"]
    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.13"]
    assert 'requires-python = ">=3.11"' in (ROOT / "pyproject.toml").read_text()
    assert "secrets" not in (FOLDER / "check.yml").read_text()


def test_a_pull_request_is_judged_after_it_is_commented_even_where_the_preview_failed() -> None:
    assert position("preview", "review preview ") < position("preview", "review comment ")
    assert position("preview", "review comment ") < position("preview", "review guard ")
    later = list(steps("preview"))[position("preview", "review comment ") :]
    assert all("!cancelled()" in step["if"] for step in later)
    outcome = "steps.preview.outputs.made == 'true'"
    assert outcome in later[-1]["if"]


def test_nothing_is_deployed_that_the_guard_did_not_judge() -> None:
    order = [
        position("up", f"{command} ") for command in ("check", "preview", "guard", "review up")
    ]
    assert order == sorted(order)
    by_command = {step["name"]: step for step in steps("up") if "name" in step}
    refuse, deploy = by_command["Refuse to delete or replace data"], by_command["Up"]
    assert refuse["if"] == deploy["if"] == "${{ steps.preview.outputs.made == 'true' }}"
    judged = shlex.split(refuse["run"])[-1]
    plan = shlex.split(deploy["run"])[-1]
    assert f"--out {judged} --plan {plan} " in by_command["Preview"]["run"]


def test_one_environment_is_deployed_by_one_run_at_a_time_under_its_own_protection() -> None:
    job = WORKFLOWS["up"]["jobs"]["up"]
    assert job["environment"] == "${{ matrix.environment }}"
    assert job["concurrency"] == {
        "group": "up-${{ matrix.environment }}",
        "cancel-in-progress": False,
    }
    # A preview has secrets of its own, which can be such as only read.
    preview = WORKFLOWS["preview"]["jobs"]["preview"]
    assert preview["environment"] == "${{ matrix.environment }}-preview"


def test_each_hook_before_a_commit_is_a_tool_of_this_checkout() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    assert [repo["repo"] for repo in config["repos"]] == ["local"], "a hook is fetched"
    hooks = config["repos"][0]["hooks"]
    assert [hook["id"] for hook in hooks] == ["ruff-format", "ruff-check", "mypy", "shellcheck"]
    for hook in hooks:
        program = hook["entry"].split()[0]
        assert hook["language"] == "system", hook["id"]
        assert program.startswith(".venv/bin/"), hook["id"]
        assert (Path(sys.executable).parent / Path(program).name).is_file(), program
