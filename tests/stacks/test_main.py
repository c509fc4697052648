"""`python -m stacks`, as somebody without CLI, plugin, cluster or network runs it."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import jsonschema
import pytest
import yaml

from components.spec import drafting
from stacks.check import load
from tests import valid
from tests.support import ROOT, declared, to_module

NOTHING = {"PATH": "", "HOME": "/nonexistent", "KUBECONFIG": "/nonexistent"}


Said = subprocess.CompletedProcess[str]


def _stacks(*arguments: str) -> Said:
    return subprocess.run(
        [sys.executable, "-m", "stacks", *arguments],
        cwd=ROOT,
        env=NOTHING,
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )


def _module(folder: Path, changes: Mapping[str, object] = {}) -> Path:
    """Write homelab with *changes*, which may be wrong, to a module in *folder*."""
    with drafting():
        return to_module(valid.homelab(changes), folder / "elsewhere.py")


def test_check_says_a_line_for_each_sound_environment() -> None:
    checked = _stacks("check")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout == (
        "dev: ok, 1 database\nhomelab: ok, 1 database\nproduction: ok, 1 database\n"
    )


def test_check_says_every_fault_and_fails(tmp_path: Path, stacks: Callable[..., Said]) -> None:
    changes = {"databases.n8n.instances": 0, "databases.n8n.backup.schedule": "0 2 * *"}
    path = _module(tmp_path, changes)
    checked = stacks("check", str(path))
    assert (checked.returncode, checked.stdout) == (1, "")
    assert checked.stderr == (
        "databases.n8n.instances: 0 is too small; write 1 to 9\n"
        "databases.n8n.backup.schedule: '0 2 * *' has 4 fields; "
        "write minute hour day month weekday [schedule-is-valid-cron]\n"
    )


def test_check_of_several_says_whose_fault_it_is(
    tmp_path: Path, stacks: Callable[..., Said]
) -> None:
    path = _module(tmp_path, {"databases.n8n.instances": 0})
    checked = stacks("check", "dev", str(path))
    assert (checked.returncode, checked.stdout) == (1, "dev: ok, 1 database\n")
    assert checked.stderr.startswith(f"{path}: databases.n8n.instances: 0 is too small; ")


def test_check_of_a_second_sites_file_says_that_it_was_not_compared(
    tmp_path: Path, stacks: Callable[..., Said]
) -> None:
    south = valid.environment(databases={"n8n": valid.following()})
    path = to_module(south, tmp_path / "south.py")
    assert stacks("check", str(path)).stdout == (
        f"{path}: ok, 1 database\n"
        f"{path}: databases.n8n.site: not compared with the other site, as a file is judged alone; "
        "environments of stacks/ are, by their names\n"
    )


@pytest.mark.parametrize("command", ["check", "render", "plan"])
def test_an_environment_that_is_not_there_is_a_sentence(
    command: str, stacks: Callable[..., Said]
) -> None:
    asked = stacks(command, "nope")
    assert (asked.returncode, asked.stdout) == (1, "")
    assert asked.stderr.startswith(
        "nope: no such environment; write one of dev, homelab, production, or "
    )


def test_check_works_in_a_module_anywhere(tmp_path: Path, stacks: Callable[..., Said]) -> None:
    path = _module(tmp_path)
    assert stacks("check", str(path)).stdout == f"{path}: ok, 1 database\n"


def test_render_prints_what_the_program_declares() -> None:
    rendered = _stacks("render", "homelab")
    assert rendered.returncode == 0
    assert list(yaml.safe_load_all(rendered.stdout)) == list(declared(load("homelab")).manifests())


def test_plan_shows_when_where_and_how_much_may_be_lost() -> None:
    planned = _stacks("plan", "homelab")
    assert planned.returncode == 0
    text = " ".join(planned.stdout.split())
    assert "guaranteed RPO 5 min = archive_timeout 4 min + upload 1 min" in text
    assert "s3://n8n-postgres-backups/n8n-postgres/" in text
    assert "30d, by the plugin method" in text
    assert "cert-manager/tier0-root-ca 3650 days, root CA, key never changes" in text
    assert max(len(line) for line in planned.stdout.splitlines()) <= 80
    assert planned.stdout.count(" 02:00 UTC") == 3
    assert "\x1b[" not in planned.stdout, "colour belongs on a terminal only"


def test_plan_for_programs_says_the_next_three_backups(stacks: Callable[..., Said]) -> None:
    before = datetime.now(UTC)
    planned = json.loads(stacks("plan", "homelab", "--json").stdout)
    (database,) = planned["databases"]
    times = [datetime.fromisoformat(time) for time in database["next_backups"]]
    assert [later - earlier for earlier, later in pairwise(times)] == [timedelta(days=1)] * 2
    assert before < times[0] <= datetime.now(UTC) + timedelta(days=1)
    assert (times[0].hour, times[0].minute, times[0].utcoffset()) == (2, 0, timedelta())
    assert database["rpo_seconds"] == 300
    assert sum(planned["objects"].values()) == len(list(declared(load("homelab")).manifests()))
    assert "Cluster n8n-prod/n8n-postgres" in planned["holding_data"]


def test_what_plan_says_to_programs_is_what_its_schema_promises(
    stacks: Callable[..., Said],
) -> None:
    schema = json.loads((ROOT / "docs/plan.schema.json").read_text(encoding="utf-8"))
    planned, changes = (
        json.loads(stacks("plan", "production", *more, "--json").stdout)
        for more in ([], ["--against", "homelab"])
    )
    jsonschema.validate(planned, schema)
    jsonschema.validate(changes, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**planned, "databases": 1}, schema)
    assert planned["releases"]["cnpg-system/cloudnative-pg"] == "cloudnative-pg 0.29.0"


def test_window_says_in_a_sentence_what_keeps_it_from_looking(stacks: Callable[..., Said]) -> None:
    for arguments, sentence in (
        (["--from", "offsite"], "offsite: the environment has no off-site copy; read the archive"),
        (["x"], "database x: the environment has none of this name; write one of n8n"),
        ([], "~/.kube/config: there is no kubeconfig; "),
    ):
        done = stacks("window", "homelab", *arguments)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(sentence), done.stderr
        assert done.stderr.count("\n") == 1


def test_find_without_its_cluster_is_a_sentence() -> None:
    found = _stacks("find", "homelab", "n8n", "--dropped")
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr.count("\n") == 1
    assert "there is no kubeconfig; set KUBECONFIG" in found.stderr
    wrong = _stacks("find", "homelab", "n8n")
    assert wrong.returncode == 2
    assert "one of the arguments --around --dropped is required" in wrong.stderr
