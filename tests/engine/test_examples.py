"""What is in `examples/` works as it is copied: programs with the policy pack, and environments."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stacks.check import load
from tests.support import EXAMPLES, ROOT, declared
from tests.wheel import installed, packages
from tools.engine.engine import Engine

pytestmark = pytest.mark.xdist_group("consumer")
"""It shares the wheel with the tests of the consumer."""

SETTINGS = {"shop": {"s3": "https://s3.storage.svc"}}
"""What the README of each has its reader set."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with tier0's wheel."""
    return installed(tmp_path_factory.mktemp("wheel"))


def test_each_example_but_the_consumer_is_previewed() -> None:
    """The consumer's own tests deploy it."""
    found = {it.parent.name for it in (ROOT / "examples").glob("*/Pulumi.yaml")}
    assert found == {"consumer", *SETTINGS}


@pytest.mark.parametrize("name", SETTINGS)
def test_the_types_of_an_example_are_those_of_the_wheel(name: str, wheel: Path) -> None:
    cache = ROOT / ".mypy_cache" / "consumer"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", f"--cache-dir={cache}"),
            *(ROOT / "examples" / name / "__main__.py", "--python-executable", wheel),
        ],
        cwd=wheel.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", SETTINGS)
def test_an_example_is_previewed_and_keeps_the_policies(
    name: str, engine: Engine, wheel: Path, python: Path, tmp_path: Path
) -> None:
    project = tmp_path / name
    shutil.copytree(ROOT / "examples" / name, project)
    (project / ".venv").symlink_to(python.parents[1])
    engine.run("stack", "init", "production", cwd=project)
    engine.run("config", "set", "kubernetes:context", "production", cwd=project)
    for key, value in SETTINGS[name].items():
        engine.run("config", "set", key, value, cwd=project)
    pack = engine.policy_pack(ROOT / "policies")
    done = engine.run(
        *("preview", "--policy-pack", str(pack)),
        cwd=project,
        check=False,
        env={"PYTHONPATH": str(packages(wheel))},
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "tier0@v0.1.0" in said, "the pack did not run"
    assert "[mandatory]" not in said
    assert "kubernetes:postgresql.cnpg.io/v1:Cluster shop-db-cluster create" in said


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda it: it.stem)
def test_an_environment_is_previewed_as_its_readme_says(
    path: Path, engine: Engine, program: Path
) -> None:
    shutil.copy(path, program / "stacks" / "prod.py")
    engine.begin("prod")
    said = engine.run("preview").stdout
    kinds = {it["kind"] for it in declared(load(str(path))).manifests()}
    assert {"Cluster", "ObjectStore", "ScheduledBackup", "NetworkPolicy", "CronJob"} <= kinds
    missing = [it for it in kinds if f":{it} " not in said]
    assert missing == [], said
