"""The README, followed by a stranger: each of its commands, in its order, in a fresh clone."""

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.checkout import Checkout, Deployed, in_one_checkout, run
from tests.support import ROOT
from tools.build.toolchain import Toolchain
from tools.engine.engine import Engine
from tools.sandbox.api_server import Sandbox

README = (ROOT / "README.md").read_text("utf-8")


def _commands(text: str) -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


_BEFORE, _, _REST = README.partition("\n## Prove it\n")
_PROVE, _, _REST = _REST.partition("\n## Recover\n")
_RECOVER, _, _AFTER = _REST.partition("\n## ")
COMMANDS = _commands(_BEFORE) + _commands(_AFTER)

# Each asks the cluster of the database, but for the last two, which are for when it is gone.
*_RECOVERING, RESTORE_ALL, RUNBOOK = (
    it for it in _commands(_RECOVER) if not it.startswith("pulumi ")
)
PROVING = _commands(_PROVE)
ASKING = [*PROVING, *_RECOVERING]

# These are what runs this test, or the gate before it; the clone would run itself for ever.
RUN_BY_CI = ["make test", "make check"]

# Makes a virtual environment by hand, as `make` does; here, in a folder of its own.
BY_HAND = "python3 -m venv .venv && .venv/bin/pip install -q -r requirements.txt"

# The rest speaks to a cluster and a backend of the user's: here, to the sandbox and an empty one.
PULUMI = [command for command in COMMANDS if command.startswith("pulumi ")]


def _worked(command: str, done: subprocess.CompletedProcess[str]) -> str:
    """Return what a command of the README said, which must have worked."""
    assert done.returncode == 0, f"`{command}` of the README fails:\n{done.stdout}{done.stderr}"
    return done.stdout


def test_the_readme_says_what_ci_runs() -> None:
    assert set(RUN_BY_CI) <= set(COMMANDS)
    assert "make test" in (ROOT / ".ci" / "run").read_text("utf-8")
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert re.search(r"^test:.*\bcheck\b", makefile, re.MULTILINE), "make test must run the gate"


@in_one_checkout
def test_a_stranger_can_run_every_command(deployed: Deployed) -> None:
    """The first two are those whose words other tests of the checkout look at.

    Manifests to adopt are the reader's own; here, those of one database.
    """
    manifests = deployed.checkout.path / "manifests"
    manifests.mkdir()
    shutil.copy(ROOT / "tests/stacks/adopt/manifests/single.yaml", manifests)
    done = {"make up": deployed.up, "make preview": deployed.preview}
    commands = [it for it in COMMANDS if it not in [*RUN_BY_CI, BY_HAND, *PULUMI]]
    assert commands[:2] == list(done)
    done |= {command: deployed.checkout.run(command) for command in commands[2:]}
    said = {command: _worked(command, ended) for command, ended in done.items()}
    assert "databases.n8n.host" in said["make up"]
    assert "unchanged" in said["make preview"]
    assert "homelab: ok" in said[".venv/bin/python -m stacks check"]
    rendered = deployed.checkout.path / "rendered"
    assert (rendered / "n8n-prod.cluster.n8n-postgres.yaml").exists()
    assert "no sandbox runs" in said["make down"]


def test_a_stranger_can_run_the_commands_of_a_proof_and_a_recovery_and_is_told_which_need_a_cluster(
    tmp_path: Path,
) -> None:
    checkout = Checkout(tmp_path / "clone")
    assert [command.split()[3] for command in PROVING] == ["drill", "report"]
    assert len(ASKING) > 5
    for command in ASKING:
        done = checkout.run(command)
        assert (done.returncode, done.stdout) == (1, ""), command
        assert "nowhere: there is no kubeconfig; " in done.stderr, command
    assert "\n+            active=2,\n" in _worked(RESTORE_ALL, checkout.run(RESTORE_ALL))
    assert "## The cluster is lost" in _worked(RUNBOOK, checkout.run(RUNBOOK))
    assert checkout.run("git diff --exit-code -- stacks").returncode == 0


@pytest.mark.long
def test_a_virtual_environment_by_hand_gets_what_is_pinned(tmp_path: Path) -> None:
    assert BY_HAND in COMMANDS
    shutil.copy(ROOT / "requirements.txt", tmp_path)
    report = tmp_path / "report.json"
    # To install it all again takes a minute of a processor, to look for everything that it needs
    # a quarter of one; whether that fits together, pip says of what is installed.
    options = {"PIP_DRY_RUN": "1", "PIP_NO_DEPS": "1", "PIP_REPORT": str(report)}
    _worked(BY_HAND, run(BY_HAND, tmp_path, os.environ | options))
    found = [it["metadata"] for it in json.loads(report.read_text("utf-8"))["install"]]
    requirements = (tmp_path / "requirements.txt").read_text("utf-8")
    pinned = dict(re.findall(r"^([\w-]+)==(\S+)", requirements, re.MULTILINE))
    assert pinned
    assert pinned.items() <= {it["name"].replace("_", "-"): it["version"] for it in found}.items()
    assert pinned == {name: importlib.metadata.version(name) for name in pinned}
    check = f"{sys.executable} -m pip check"
    _worked(check, run(check, tmp_path, os.environ))


@pytest.mark.long
def test_the_commands_for_ones_own_cluster_deploy_with_no_make_at_all(
    tmp_path: Path, sandbox: Sandbox, toolchain: Toolchain
) -> None:
    assert PULUMI == ["pulumi stack init homelab", "pulumi up"]
    clone = Checkout(tmp_path / "clone").path
    engine = Engine(tmp_path, clone, sandbox.kubeconfig, toolchain)
    engine.prepare()
    environment = engine.environment | {
        "PATH": f"{Path(sys.executable).parent}:{engine.environment['PATH']}"
    }
    init, up = PULUMI
    plainly = "--non-interactive --color=never"
    # Nothing reconciles here.
    for command in (f"{init} {plainly}", "pulumi config set tier0:wait false"):
        _worked(command, run(command, clone, environment))
    said = _worked(up, run(f"{up} --yes {plainly}", clone, environment))
    assert "s3_endpoint" in said
    assert "created" in said
