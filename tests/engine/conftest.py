"""The engine's tests share one toolchain and one API server; each test finds it as new."""

import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from stacks import environments, load
from tests.support import ROOT
from tools.engine import Engine
from tools.etcd import Snapshot
from tools.sandbox import Sandbox
from tools.toolchain import Toolchain

Pulumi = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    """Every tool, built where it is missing."""
    tools = Toolchain()
    tools.build()
    return tools


@pytest.fixture(scope="session")
def _started(
    toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Sandbox, Snapshot]]:
    contexts = sorted({load(name).context for name in environments()})
    box = Sandbox(tmp_path_factory.mktemp("sandbox"), contexts, toolchain)
    # pytest ends at once on SIGTERM, a time limit's signal; as ^C it stops the sandbox first.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        box.start()
        yield box, box.etcd.snapshot()
    finally:
        box.stop()


@pytest.fixture
def sandbox(_started: tuple[Sandbox, Snapshot]) -> Iterator[Sandbox]:
    """The API server with the operators' CRDs; afterwards all is as before, in milliseconds."""
    box, fresh = _started
    yield box
    if None in box.status().values():
        box.start()  # this test stopped a part of it
    box.etcd.restore(fresh)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A copy of the program, for a test that changes an environment of it."""
    copy = tmp_path / "program"
    copy.mkdir()
    for name in ("__main__.py", "Pulumi.yaml"):
        shutil.copy(ROOT / name, copy)
    for name in ("components", "stacks"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


@pytest.fixture
def engine(tmp_path: Path, program: Path, sandbox: Sandbox, toolchain: Toolchain) -> Engine:
    """Pulumi with an empty backend for the copied program, on the sandbox."""
    made = Engine(tmp_path / "engine", program, sandbox.kubeconfig, toolchain)
    made.prepare()
    return made


@pytest.fixture
def pulumi(tmp_path: Path, sandbox: Sandbox, toolchain: Toolchain) -> Pulumi:
    """Pulumi with an empty backend for any project: `pulumi(project, "up", "--yes")`."""
    made = Engine(tmp_path / "pulumi", ROOT, sandbox.kubeconfig, toolchain)
    made.prepare()

    def run(
        project_dir: Path,
        *args: str,
        check: bool = True,
        env: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        return made.run(*args, cwd=project_dir, check=check, env=env)

    return run
