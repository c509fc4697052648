"""The toolchain, with a `go` that is a script: what it is asked, and what is said when it fails."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support import ROOT
from tools import Fault
from tools import __main__ as commands
from tools.build import crds, toolchain
from tools.build import go as gobuild
from tools.build.crds import OPERATORS
from tools.build.go import Go, explain
from tools.build.toolchain import MODULES, TOOLS, Tool, Toolchain
from tools.sandbox.webhooks import WEBHOOK_TOOLS
from tools.talos.tools import TALOS_TOOLS

GO = """#!/bin/sh
[ "$1 $2" = "env GOVERSION" ] && echo go1.99.0 && exit
[ "$1" = env ] && echo "{caches}/mod" && echo "{caches}/build" && exit
echo "$@" >>"{calls}"
{work}
while [ "$1" != -o ]; do shift; done
echo program >"$2"
"""
SMALL = Tool(name="schedule", version="v1.2.0", package=".", folder="schedule", seconds=1)


class FakeGo:
    """A `go` on the PATH that counts its builds and does what a test tells it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._calls = folder / "calls"
        self.does("true")
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    def does(self, work: str) -> None:
        path = self._folder / "go"
        text = GO.format(caches=self._folder, calls=self._calls, work=work)
        path.write_text(text)
        path.chmod(0o755)

    @property
    def builds(self) -> int:
        if not self._calls.exists():
            return 0
        return self._calls.read_text().count("build ")


@pytest.fixture
def go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeGo:
    folder = tmp_path / "bin"
    folder.mkdir()
    # The CRDs need the network the first time; here they are there already.
    monkeypatch.setattr(crds, "folder", lambda _cache: folder)
    return FakeGo(folder, monkeypatch)


@pytest.fixture
def build(tmp_path: Path, go: FakeGo) -> Callable[[], Toolchain]:  # noqa: ARG001
    """Build one small tool; the engine's language host is none of it."""

    def run() -> Toolchain:
        made = Toolchain(tmp_path / "cache", [SMALL])
        made.own_engine = Path("/nowhere")
        made.build()
        return made

    return run


@pytest.mark.parametrize("tool", [*TOOLS, *TALOS_TOOLS, *WEBHOOK_TOOLS], ids=lambda tool: tool.name)
def test_a_tool_is_built_in_the_version_that_its_module_pins(tool: Tool) -> None:
    pinned = (MODULES / tool.folder / "go.mod").read_text()
    assert re.search(rf"^require \S+ {re.escape(tool.version)}$", pinned, re.MULTILINE)
    assert (MODULES / tool.folder / "go.sum").is_file(), "without sums a build trusts the network"


def test_every_operators_release_is_pinned_with_its_sum() -> None:
    assert all(operator.checksum.startswith("h1:") for operator in OPERATORS)
    assert len({operator.checksum for operator in OPERATORS}) == len(OPERATORS)


def test_what_is_compiled_for_the_operator_serves_the_volume_provisioner() -> None:
    def pinned(folder: str) -> dict[str, str]:
        lines = (MODULES / folder / "go.sum").read_text(encoding="utf-8").splitlines()
        pins = (line.split() for line in lines)
        return {name: version for name, version, _ in pins if not version.endswith("/go.mod")}

    operator, provisioner = pinned("cnpg"), pinned("volumes")
    shared = {name for name in provisioner if name in operator}
    assert "k8s.io/client-go" in shared
    assert {name: provisioner[name] for name in shared} == {
        name: operator[name] for name in shared
    }, "with other libraries it takes two minutes more"


def test_a_tool_is_built_once(build: Callable[[], Toolchain], go: FakeGo) -> None:
    assert build().binary("schedule").read_text() == "program\n"
    build()
    assert go.builds == 1


@pytest.mark.parametrize(
    "change",
    [{"version": "v1.3.0", "package": "./other"}, {"stamps": ("main.version=2",)}],
    ids=["package", "flags"],
)
def test_another_way_of_building_is_another_place(change: dict[str, Any]) -> None:
    other = Tool(**(vars(SMALL) | change))
    assert other.home != SMALL.home


@pytest.mark.parametrize("file", ["go.mod", "go.sum", "main.go"])
def test_another_source_is_another_place(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = SMALL.home
    shutil.copytree(MODULES / SMALL.folder, tmp_path / SMALL.folder)
    monkeypatch.setattr(toolchain, "MODULES", tmp_path)
    assert SMALL.home == before
    with (tmp_path / SMALL.folder / file).open("a") as changed:
        changed.write("\n// changed\n")
    assert SMALL.home != before


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("go: example.org/x@v1: reading proxy: 403 Forbidden", "a module is refused"),
        ("dial tcp: lookup proxy.test: no such host", "the Go module registry is not reached"),
        ("write /cache/x: no space left on device", "the disk is full"),
        ("verifying module: checksum mismatch", "a module is not the pinned one"),
        ("compile: signal: killed", "when memory runs out"),
        ("./main.go:1:1: syntax error", "it failed (./main.go:1:1: syntax error)"),
    ],
)
def test_a_failed_build_is_one_sentence(
    said: str, fault: str, build: Callable[[], Toolchain], go: FakeGo, tmp_path: Path
) -> None:
    go.does(f"echo '{said}' >&2; exit 1")
    with pytest.raises(Fault) as raised:
        build()
    sentence = str(raised.value)
    assert sentence.startswith("1 of 1 schedule v1.2.0: ")
    assert fault in sentence
    log = tmp_path / "cache" / "logs" / "schedule-v1.2.0.log"
    assert sentence.endswith(f"then run again (log: {log})")
    assert explain(log)[0] in sentence
    go.does("true")
    build()
    assert go.builds == 2, "the next run goes on where this one failed"


def test_a_killed_build_is_finished_by_the_next(
    build: Callable[[], Toolchain], go: FakeGo, tmp_path: Path
) -> None:
    go.does("sleep 60")
    code = (
        "import sys; from pathlib import Path; from tools.build import toolchain as t;"
        f"t.crds.folder = lambda _: Path({str(tmp_path)!r});"
        "x = next(x for x in t.TOOLS if x.name == 'schedule');"
        f"m = t.Toolchain(Path({str(tmp_path / 'cache')!r}), [x]); m.own_engine = Path('/');"
        "m.build()"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, start_new_session=True)
    deadline = time.monotonic() + 30
    while go.builds == 0 and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    go.does("true")
    assert build().binary("schedule").is_file()
    assert not list((tmp_path / "cache").glob(".draft-*")), "half of a tool is left behind"


def test_two_builds_at_once_build_once(
    build: Callable[[], Toolchain], go: FakeGo, tmp_path: Path
) -> None:
    go.does("sleep 1")
    code = (
        "from pathlib import Path; from tools.build import toolchain as t;"
        f"t.crds.folder = lambda _: Path({str(tmp_path)!r});"
        "x = next(x for x in t.TOOLS if x.name == 'schedule');"
        f"m = t.Toolchain(Path({str(tmp_path / 'cache')!r}), [x]); m.own_engine = Path('/');"
        "m.build()"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) as other:
        while go.builds == 0 and other.poll() is None:
            time.sleep(0.02)
        build()
    assert other.returncode == 0
    assert go.builds == 1


def test_a_cache_that_cannot_be_written_is_one_sentence(
    tmp_path: Path, build: Callable[[], Toolchain]
) -> None:
    (tmp_path / "cache").write_text("a file, where the cache's directory should be")
    with pytest.raises(Fault, match=r"the cache cannot be written .*set TIER0_CACHE"):
        build()


def test_a_disk_too_small_is_said_before_anything_is_built(
    build: Callable[[], Toolchain], go: FakeGo, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")._replace(free=10_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(Fault, match=r"0\.0 GB are free, the build needs about 0\.2 GB; free some"):
        build()
    assert go.builds == 0


def test_a_long_step_says_that_it_lives(
    build: Callable[[], Toolchain],
    go: FakeGo,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(gobuild, "HEARTBEAT_SECONDS", 0.2)
    go.does("sleep 1")
    build()
    said = capsys.readouterr().out
    assert "building schedule into" in said
    assert re.search(r"1 of 1 schedule v1\.2\.0: \d+ s, usually 1 s; about \d min left\n", said)


def test_each_stage_says_how_long_it_and_those_after_it_take(
    go: FakeGo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert go.builds == 0
    stages = [replace(SMALL, name=f"t{seconds}", seconds=seconds) for seconds in (100, 150, 20)]
    made = Toolchain(tmp_path / "cache", stages)
    made.own_engine = Path("/nowhere")
    made.build()
    said = re.findall(r"(\d of 3 \w+).* \((.*)\)\n", capsys.readouterr().out)
    assert said == [
        ("1 of 3 t100", "usually 100 s; about 5 min left"),
        ("2 of 3 t150", "usually 150 s; about 3 min left"),
        ("3 of 3 t20", "usually 20 s; about 1 min left"),
    ]


@pytest.mark.parametrize(
    ("command", "without"),
    [
        ("up", {"actionlint", "helm", "kubeseal", "lua", "schedule"}),
        ("preview", {"actionlint", "helm", "kubeseal", "lua", "schedule"}),
        ("build", set()),
    ],
)
def test_up_waits_for_nothing_that_only_a_test_asks_for(
    command: str, without: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def build(self: Toolchain) -> None:
        asked.extend(tool.name for tool in self.missing())
        raise Fault("here", "it is only asked", "look at the names")

    monkeypatch.setenv("TIER0_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")  # an engine of this machine would not be built
    monkeypatch.setattr(Toolchain, "build", build)
    assert commands.main([command]) == 1
    assert set(asked) == {tool.name for tool in TOOLS} - without


def test_a_module_with_another_sum_is_refused(go: FakeGo, tmp_path: Path) -> None:
    go.does("""echo '{"Sum": "h1:other=", "Zip": "/x.zip"}'; exit""")
    with pytest.raises(Fault, match=r"has the sum h1:other=, pinned is h1:pinned=; do not use it"):
        Go(tmp_path / "bin" / "go", tmp_path).module("example.org/x", "v1.0.0", "h1:pinned=")


@pytest.mark.parametrize(
    ("version", "files", "engine"),
    [
        ("v3.250.0", ["pulumi", "pulumi-language-python"], "its own"),
        ("v4.0.1", ["pulumi", "pulumi-language-python"], "its own"),
        ("v3.99.0", ["pulumi", "pulumi-language-python"], "built"),
        ("v3.300.0", ["pulumi"], "built"),
    ],
    ids=["same", "newer", "older", "without its language host"],
)
def test_an_installed_engine_is_used_where_it_can_be(
    version: str, files: list[str], engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in files:
        (tmp_path / name).write_text(f"#!/bin/sh\necho {version}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    tools = Toolchain(tmp_path / "cache")
    assert tools.own_engine == (tmp_path if engine == "its own" else None)
    assert ("pulumi" in {tool.name for tool in tools.missing()}) is (engine == "built")


def test_what_is_not_built_names_the_command_that_builds_it(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="etcd is not built; run `make build`"):
        Toolchain(tmp_path).binary("etcd")
    with pytest.raises(Fault, match="CRDs are not there; run `make build`"):
        Toolchain(tmp_path).crds()
