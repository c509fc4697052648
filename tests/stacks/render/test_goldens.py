"""What each environment puts into its cluster, as a reviewer sees it."""

import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from stacks.check import environments, load
from stacks.environment import EnvironmentSpec
from stacks.render.files import to_yaml
from stacks.render.owners import synced
from tests import valid
from tests.support import ROOT, declared

GOLDEN = Path(__file__).parent / "golden"


def _shown(manifests: Iterable[Mapping[str, Any]]) -> str:
    """Return objects as YAML; of a program the names of its files, as their texts are reviewed."""
    shown = [
        {**it, "data": sorted(it["data"])} if it["kind"] == "ConfigMap" and "data" in it else it
        for it in manifests
    ]
    return re.sub("(?<=tier0/program: )[0-9a-f]{64}", "DIGEST", to_yaml(shown))


@pytest.mark.parametrize("name", environments())
def test_an_environment_declares_what_its_golden_file_shows(
    name: str, request: pytest.FixtureRequest
) -> None:
    rendered = _shown(declared(load(name)).manifests())
    golden = GOLDEN / f"{name}.yaml"
    if request.config.getoption("--record"):
        golden.write_text(rendered, encoding="utf-8")
    assert rendered == golden.read_text(encoding="utf-8"), (
        f"{name} declares other objects than {golden.name} shows; if that is meant, "
        "run make record and review the difference"
    )


@pytest.mark.parametrize("method", ["plugin", "in-tree"])
def test_an_archive_elsewhere_is_declared_as_its_golden_file_shows(
    method: str, request: pytest.FixtureRequest
) -> None:
    """Of in-tree the Cluster, and what a drill restores: the rest is the same."""
    environment = valid.elsewhere(
        {"databases.n8n.backup.method": method, "object_store": valid.s3(ca_secret="s3-ca")}
    )
    rendered = _shown(
        it
        for it in declared(environment).manifests()
        if method == "plugin" or it["kind"] in {"Cluster", "CronJob"}
    )
    golden = GOLDEN / f"elsewhere.{method}.yaml"
    if request.config.getoption("--record"):
        golden.write_text(rendered, encoding="utf-8")
    assert rendered == golden.read_text(encoding="utf-8"), (
        f"other objects than {golden.name} shows; if that is meant, run make record and review it"
    )


@pytest.mark.parametrize("method", ["plugin", "in-tree"])
def test_three_generations_are_declared_as_their_golden_file_shows(
    method: str, request: pytest.FixtureRequest
) -> None:
    """Those in-tree by their Clusters, and by what a drill restores: the rest is the same."""
    environment = _three_generations(method)
    rendered = _shown(
        it
        for it in declared(environment).manifests()
        if method == "plugin" or it["kind"] in {"Cluster", "CronJob"}
    )
    golden = GOLDEN / f"restored.{method}.yaml"
    if request.config.getoption("--record"):
        golden.write_text(rendered, encoding="utf-8")
    assert rendered == golden.read_text(encoding="utf-8"), (
        f"other objects than {golden.name} shows; if that is meant, run make record and review it"
    )


def _three_generations(method: str) -> EnvironmentSpec:
    """Return homelab with a stopped, an active and a candidate generation."""
    changes: dict[str, Any] = {
        "offsite": valid.offsite(),
        "databases.n8n.generations": [
            valid.restore(time="2026-11-29T10:00:00Z"),
            valid.restore(source=2, store="offsite", reason="a lost row"),
        ],
        "databases.n8n.active": 2,
        "databases.n8n.databases": {"reports": valid.further(owner="n8n")},
        "databases.n8n.pooler": valid.pooler(),
        "databases.n8n.checks": {"members-are-there": "select count(*) > 10 from members"},
    }
    return valid.homelab(changes | {"databases.n8n.backup.method": method})


@pytest.mark.parametrize("name", environments())
def test_an_environment_installs_what_its_golden_file_of_releases_shows(
    name: str, request: pytest.FixtureRequest
) -> None:
    releases = list(declared(load(name)).releases())
    golden = GOLDEN / f"{name}.releases.yaml"
    if request.config.getoption("--record"):
        golden.unlink(missing_ok=True)
        if releases:
            golden.write_text(yaml.safe_dump_all(releases, sort_keys=False), encoding="utf-8")
    shown = list(yaml.safe_load_all(golden.read_text("utf-8"))) if golden.exists() else []
    assert releases == shown, (
        f"{name} installs other releases than {golden.name} shows; if that is meant, "
        "run make record and review the difference"
    )


def test_rendering_gives_the_same_bytes_in_every_process() -> None:
    def render(seed: str) -> bytes:
        return subprocess.run(
            [sys.executable, "-m", "stacks", "render", "production"],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            capture_output=True,
            check=True,
        ).stdout

    assert render("1") == render("2") != b""


def test_rendered_files_hold_the_same_objects_and_nothing_older(tmp_path: Path) -> None:
    def render(folder: Path) -> list[str]:
        return subprocess.run(
            [sys.executable, "-m", "stacks", "render", "homelab", "--out", str(folder)],
            cwd=ROOT,
            capture_output=True,
            check=True,
            text=True,
        ).stdout.splitlines()

    (tmp_path / "notes.txt").write_text("mine")
    printed = render(tmp_path)
    stale = tmp_path / "n8n-prod.cluster.gone.yaml"
    stale.write_text(Path(printed[0]).read_text("utf-8"), "utf-8")
    assert render(tmp_path) == printed
    assert not stale.exists(), "a file of an object that is no longer declared would be applied"
    assert (tmp_path / "notes.txt").exists(), "a file that is not ours must stay"
    objects = [yaml.safe_load(Path(path).read_text("utf-8")) for path in printed]
    assert objects == list(synced(declared(load("homelab"))))


def test_a_file_that_tier0_did_not_render_is_never_overwritten(tmp_path: Path) -> None:
    mine = tmp_path / "n8n-prod.cluster.n8n-postgres.yaml"
    mine.write_text("kind: Mine\n")
    refused = subprocess.run(
        [sys.executable, "-m", "stacks", "render", "homelab", "--out", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    assert refused.returncode == 1
    assert refused.stderr == f"{mine}: was not rendered by tier0; choose another folder\n"
    assert list(tmp_path.iterdir()) == [mine], "a refused rendering must write nothing"
    assert mine.read_text() == "kind: Mine\n"
