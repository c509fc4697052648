"""The README, followed by a stranger: each of its commands, in its order, in a fresh clone."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT
from tools.build.toolchain import Toolchain
from tools.engine.engine import Engine
from tools.sandbox.api_server import Sandbox

COMMANDS = [
    line
    for block in re.findall(
        r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    for line in block.splitlines()
]

# These are what runs this test, or the gate before it; the clone would run itself for ever.
RUN_BY_CI = ["make test", "make check"]

# Makes a virtual environment by hand, as `make` does; here, in a folder of its own.
BY_HAND = "python3 -m venv .venv && .venv/bin/pip install -q -r requirements.txt"

# The rest speaks to a cluster and a backend of the user's: here, to the sandbox and an empty one.
PULUMI = [command for command in COMMANDS if command.startswith("pulumi ")]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a fresh clone of what is committed, with the virtual environment of this one.

    Who runs this test in a fresh clone has just seen `make` build it, in a minute of a processor.
    """
    path = tmp_path_factory.mktemp("stranger") / "tier0"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(path)], check=True, timeout=60)
    (path / ".venv").symlink_to(sys.prefix)
    for requirements in path.glob("requirements*.txt"):
        os.utime(requirements, (0, 0))  # git has just written them: make would install them again
    return path


def _run(command: str, cwd: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, f"`{command}` of the README fails:\n{done.stdout}{done.stderr}"
    return done.stdout


def test_the_readme_says_what_ci_runs() -> None:
    assert set(RUN_BY_CI) <= set(COMMANDS)
    assert "make test" in (ROOT / ".ci" / "run").read_text("utf-8")
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert re.search(r"^test:.*\bcheck\b", makefile, re.MULTILINE), "make test must run the gate"


def test_a_stranger_can_run_every_command(clone: Path) -> None:
    environment = dict(os.environ)
    try:
        said = {
            command: _run(command, clone, environment)
            for command in COMMANDS
            if command not in [*RUN_BY_CI, BY_HAND, *PULUMI]
        }
    finally:
        _run("make down", clone, environment)
    assert "databases.n8n.host" in said["make up"]
    assert "unchanged" in said["make preview"]
    assert "homelab: ok" in said[".venv/bin/python -m stacks check"]
    assert (clone / "rendered" / "n8n-prod.cluster.n8n-postgres.yaml").exists()
    assert "no sandbox runs" in said["make down"]


def test_a_virtual_environment_by_hand_gets_what_is_pinned(tmp_path: Path) -> None:
    assert BY_HAND in COMMANDS
    shutil.copy(ROOT / "requirements.txt", tmp_path)
    report = tmp_path / "report.json"
    # Installing it all again would take a minute of a processor.
    _run(BY_HAND, tmp_path, os.environ | {"PIP_DRY_RUN": "1", "PIP_REPORT": str(report)})
    found = [it["metadata"] for it in json.loads(report.read_text("utf-8"))["install"]]
    requirements = (tmp_path / "requirements.txt").read_text("utf-8")
    pinned = re.findall(r"^([\w-]+)==(\S+)", requirements, re.MULTILINE)
    assert pinned
    assert set(pinned) <= {(it["name"].replace("_", "-"), it["version"]) for it in found}


def test_the_commands_for_ones_own_cluster_deploy_with_no_make_at_all(
    tmp_path: Path, clone: Path, sandbox: Sandbox, toolchain: Toolchain
) -> None:
    assert PULUMI == ["pulumi stack init homelab", "pulumi up"]
    engine = Engine(tmp_path, clone, sandbox.kubeconfig, toolchain)
    engine.prepare()
    environment = engine.environment | {
        "PATH": f"{Path(sys.executable).parent}:{engine.environment['PATH']}"
    }
    init, up = PULUMI
    plainly = "--non-interactive --color=never"
    _run(f"{init} {plainly}", clone, environment)
    # Nothing reconciles here.
    _run("pulumi config set tier0:wait false", clone, environment)
    said = _run(f"{up} --yes {plainly}", clone, environment)
    assert "s3_endpoint" in said
    assert "created" in said
