"""The engine's tests share one toolchain and one API server; each test finds it as new.

Run by several workers, each worker has an API server of its own.
"""

import compileall
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from stacks.check import environments, load
from tests.engine.checkout import Checkout, Deployed
from tests.engine.policies import Judge, judging
from tests.support import EXAMPLES, ROOT
from tools.build.toolchain import Toolchain
from tools.engine.engine import Engine
from tools.engine.warm import warm_python
from tools.sandbox.api_server import Sandbox
from tools.sandbox.etcd import Snapshot

WARMED = (
    "stacks.compose",
    "stacks.render.sealing",
    "tools.engine.plugins.command",
    "pip._internal.commands.list",
)
"""Modules of a run of Pulumi and of `python -m stacks`: their libraries are imported once."""


def pytest_configure() -> None:
    """Stop on SIGTERM, a time limit's signal, as on ^C: pytest would end at once, and say nothing.

    The workers of pytest-xdist end with the process that started them.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long ones and the groups first, so that the last ones are short.

    The groups and the others keep their order.
    """
    items.sort(key=lambda item: not any(map(item.get_closest_marker, ("long", "xdist_group"))))


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    """Every tool, built where it is missing."""
    tools = Toolchain()
    tools.build()
    return tools


@pytest.fixture(scope="session", autouse=True)
def _nothing_stays(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """End what works in this worker's directory, also where the worker is killed."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.engine.leftovers", str(tmp_path_factory.getbasetemp())],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        start_new_session=True,  # ^C is not for it
    ):
        yield


@pytest.fixture(scope="session")
def _started(
    toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Sandbox, Snapshot]]:
    contexts = sorted({load(name).context for name in [*environments(), *map(str, EXAMPLES)]})
    box = Sandbox(tmp_path_factory.mktemp("sandbox"), contexts, toolchain)
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


@pytest.fixture(scope="module")
def _judging(_started: tuple[Sandbox, Snapshot]) -> Iterator[Snapshot]:
    with judging(*_started) as content:
        yield content


@pytest.fixture
def judge(_started: tuple[Sandbox, Snapshot], _judging: Snapshot) -> Iterator[Judge]:
    """The API server with the policy about generations, and without Clusters."""
    box, _ = _started
    with box.cluster() as client:
        yield Judge(box, client)
    box.etcd.restore(_judging)


@pytest.fixture(scope="session")
def _compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program with its bytecode, which the engine lets nobody write."""
    copy = tmp_path_factory.mktemp("program")
    for name in ("__main__.py", "Pulumi.yaml"):
        shutil.copy2(ROOT / name, copy)
    for name in ("components", "stacks"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        compileall.compile_dir(copy / name, quiet=1)
    return copy


@pytest.fixture
def program(tmp_path: Path, _compiled: Path) -> Path:
    """A copy of the program, for a test that changes an environment of it."""
    return shutil.copytree(_compiled, tmp_path / "program")


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Python for programs and stand-in plugins, with its libraries imported."""
    with warm_python(tmp_path_factory.mktemp("warm"), WARMED) as python:
        yield python


@pytest.fixture
def engine(
    tmp_path: Path, program: Path, sandbox: Sandbox, toolchain: Toolchain, python: Path
) -> Engine:
    """Pulumi with an empty backend for the copied program, on the sandbox."""
    made = Engine(tmp_path / "engine", program, sandbox.kubeconfig, toolchain, python)
    made.prepare()
    return made


@pytest.fixture(scope="session")
def deployed(
    tmp_path_factory: pytest.TempPathFactory,
    toolchain: Toolchain,  # noqa: ARG001 - `make up` shall not build it
) -> Iterator[Deployed]:
    """A fresh clone in which `make up` and `make preview` were run."""
    checkout = Checkout(tmp_path_factory.mktemp("deployed") / "clone")
    yield Deployed(checkout, up=checkout.run("make up"), preview=checkout.run("make preview"))
    checkout.stop()


@dataclass
class Homelab:
    """Homelab as it was first deployed: the engine's files and the API server's content."""

    files: Path
    snapshot: Snapshot | None = None


@pytest.fixture(scope="session")
def _deployed(tmp_path_factory: pytest.TempPathFactory) -> Homelab:
    return Homelab(tmp_path_factory.mktemp("deployed") / "engine")


@pytest.fixture
def homelab(engine: Engine, sandbox: Sandbox, _deployed: Homelab) -> Engine:
    """An engine whose stack homelab is deployed; deployed once, and put back for each test."""
    if _deployed.snapshot is None:
        engine.begin("homelab")
        engine.run("up", "--yes", "--skip-preview")
        settings = Path("project", "Pulumi.homelab.yaml")
        shutil.copytree(engine.directory / "backend", _deployed.files / "backend")
        shutil.copy(engine.directory / "passphrase", _deployed.files)
        (_deployed.files / settings).parent.mkdir()
        shutil.copy(engine.directory / settings, _deployed.files / settings)
        _deployed.snapshot = sandbox.etcd.snapshot()
    else:
        shutil.copytree(_deployed.files, engine.directory, dirs_exist_ok=True)
        sandbox.etcd.restore(_deployed.snapshot)
        engine.stack = "homelab"
    return engine
