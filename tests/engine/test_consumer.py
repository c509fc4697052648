"""Another project uses a deployed database: all it knows comes through a StackReference."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client

from tests.support import ROOT
from tests.wheel import installed, packages
from tools.engine.engine import Engine
from tools.sandbox.api_server import Sandbox

pytestmark = pytest.mark.xdist_group("consumer")
"""Its tests share the environment with the wheel."""

PASSWORD = "known-password-55e0"

Consumer = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the virtual environment that `pulumi install` would make, with tier0's wheel."""
    return installed(tmp_path_factory.mktemp("wheel")).parents[1]


@pytest.fixture
def consumer(homelab: Engine, environment: Path, python: Path, tmp_path: Path) -> Consumer:
    """Pulumi for a copy of the example, on the backend where homelab is deployed."""
    project = tmp_path / "consumer"
    shutil.copytree(ROOT / "examples" / "consumer", project)
    (project / ".venv").symlink_to(python.parents[1])
    wheel = {"PYTHONPATH": str(packages(environment / "bin" / "python"))}

    def run(*args: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return homelab.run(*args, cwd=project, check=check, env=wheel)

    run("stack", "init", "homelab")
    run("config", "set", "platform", "organization/tier0/homelab")
    run("config", "set", "kubernetes:context", "homelab")
    run("config", "set", "wait", "false")
    return run


def _worker(sandbox: Sandbox) -> dict[str, Any]:
    """The worker's pod as the API server has it."""
    with sandbox.api() as api:
        deployment = client.AppsV1Api(api).read_namespaced_deployment("worker", "n8n-prod")
        pod: dict[str, Any] = api.sanitize_for_serialization(deployment)["spec"]["template"]["spec"]
    return pod


def test_the_types_of_the_wheel_reach_the_example(environment: Path, tmp_path: Path) -> None:
    program = (ROOT / "examples" / "consumer" / "__main__.py").read_text("utf-8")
    sound, wrong = tmp_path / "sound.py", tmp_path / "wrong.py"
    sound.write_text(program, "utf-8")
    wrong.write_text(program.replace("platform.database(", "platform.databank("), "utf-8")
    python = environment / "bin" / "python"
    # What it has found out of the SDK stays, beside what `make check` keeps.
    cache = ROOT / ".mypy_cache" / "consumer"
    command = [sys.executable, "-m", "mypy", "--strict", f"--cache-dir={cache}"]
    done = subprocess.run(
        [*command, "--python-executable", python, sound, wrong],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    faults = [line for line in done.stdout.splitlines() if ": error: " in line]
    assert len(faults) == 1, done.stdout + done.stderr
    assert faults[0].startswith("wrong.py:")
    assert 'has no attribute "databank"' in faults[0]


def test_a_worker_gets_its_database_through_the_stack_reference(
    consumer: Consumer, sandbox: Sandbox
) -> None:
    with sandbox.api() as api:
        secret = client.V1Secret(
            metadata=client.V1ObjectMeta(name="n8n-postgres-app"),
            string_data={"username": "n8n", "password": PASSWORD},
        )
        client.CoreV1Api(api).create_namespaced_secret("n8n-prod", secret)
    deployed = consumer("up", "--yes")
    pod = _worker(sandbox)
    (container,) = pod["containers"]
    variables = {
        variable["name"]: variable.get("value") or variable["valueFrom"]["secretKeyRef"]
        for variable in container["env"]
    }
    assert variables == {
        "PGHOST": "n8n-postgres.n8n-prod.svc",
        "PGPORT": "5432",
        "PGDATABASE": "n8n",
        "PGUSER": {"name": "n8n-postgres-app", "key": "username"},
        "PGPASSWORD": {"name": "n8n-postgres-app", "key": "password"},
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": "/etc/postgres/ca.crt",
    }
    (volume,) = pod["volumes"]
    assert volume["secret"]["secretName"] == "n8n-postgres-ca"
    assert [item["key"] for item in volume["secret"]["items"]] == ["ca.crt"], (
        "the key is not needed"
    )
    assert [mount["mountPath"] for mount in container["volumeMounts"]] == ["/etc/postgres"]

    with sandbox.api() as api:  # what its ReplicaSet will try, and be refused or not
        name = client.V1ObjectMeta(name="worker")
        core: Any = client.CoreV1Api(api)
        core.create_namespaced_pod("n8n-prod", {"metadata": name, "spec": pod}, dry_run="All")

    exported = consumer("stack", "export").stdout
    assert "n8n-postgres.n8n-prod.svc" in exported, "this is not the state"
    said = exported + deployed.stdout + deployed.stderr + json.dumps(pod)
    assert PASSWORD not in said, "a secret passed through the consumer"
    consumer("up", "--yes", "--skip-preview", "--expect-no-changes")


def test_a_database_that_is_not_exported_is_refused_with_the_known_ones(
    consumer: Consumer, sandbox: Sandbox
) -> None:
    consumer("config", "set", "database", "nextcloud")
    done = consumer("up", "--yes", check=False)
    said = done.stdout + done.stderr
    assert done.returncode, said
    assert "error: databases.nextcloud: is not exported; write one of n8n" in said
    assert "Traceback" not in said
    with sandbox.api() as api:
        there = client.AppsV1Api(api).list_namespaced_deployment("n8n-prod").items
    assert [it.metadata and it.metadata.name for it in there] == ["n8n-postgres-watch"]


def test_a_stack_without_a_platform_is_told_which_setting_it_lacks(consumer: Consumer) -> None:
    consumer("config", "rm", "platform")
    done = consumer("up", "--yes", check=False)
    assert done.returncode
    assert "missing configuration value 'platform'" in done.stderr
