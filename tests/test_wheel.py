"""The wheel holds all that another project uses, under one name that no other package has."""

import re
import subprocess
from pathlib import Path

import pytest

from stacks.check import environments, load
from stacks.render.files import to_yaml
from tests.support import ROOT, declared
from tests.wheel import installed, packages

USE = """
import sys

import pulumi
from tier0.components.certificates import CertificatesSpec, Issuers
from tier0.stacks.outputs import PlatformOutputs
from tier0.stacks.render.recorder import record

def program():
    issuers = Issuers("certificates", CertificatesSpec(), keep=True)
    databases = {"n8n": {"host": "n8n-postgres.n8n-prod.svc"}}
    outputs = pulumi.Output.from_input(databases)
    PlatformOutputs(s3_endpoint=issuers.issuer, databases=outputs).export()

made = record(program)
assert [m["kind"] for m in made.manifests()].count("ClusterIssuer") == 2, made
assert made.outputs["databases"]["n8n"]["host"] == "n8n-postgres.n8n-prod.svc", made.outputs
loaded = {name: module.__file__ for name, module in sys.modules.items() if "tier0" in name}
assert [file for file in loaded.values() if not file.startswith(sys.prefix)] == [], loaded
assert {"components", "stacks", "tools"} & sys.modules.keys() == set()
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed(tmp_path_factory.mktemp("wheel"))


def _run(python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, "-I", *arguments],
        cwd=python.parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_every_module_is_there_and_what_is_sent_elsewhere_is_unchanged(python: Path) -> None:
    root = packages(python) / "tier0"
    files = {
        path.relative_to(root)
        for path in root.rglob("*")
        if path.is_file() and path.parent.name != "__pycache__"
    }
    rooms = {
        path.relative_to(ROOT)
        for room in ("components", "stacks")
        for path in (ROOT / room).rglob("*")
        if path.suffix in {".py", ".sh", ".json"}
    }
    assert files - rooms == {Path("__init__.py"), Path("py.typed")}
    assert rooms - files == {Path("stacks", f"{name}.py") for name in environments()}
    sent = [path for path in rooms if path.suffix == ".sh" or path.parts[1] == "pods"]
    assert len(sent) > 5
    assert [p for p in sent if (root / p).read_bytes() != (ROOT / p).read_bytes()] == []


def test_another_project_uses_outputs_and_a_component(python: Path) -> None:
    done = _run(python, "-c", USE)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_environment_of_another_project_renders_as_in_the_checkout(
    python: Path, tmp_path: Path
) -> None:
    module = tmp_path / "production.py"
    text = (ROOT / "stacks" / "production.py").read_text("utf-8")
    module.write_text(re.sub(r"(?m)^from (components|stacks)\b", r"from tier0.\1", text), "utf-8")
    done = _run(python, "-m", "tier0.stacks", "render", str(module))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == to_yaml(declared(load("production")).manifests())


def test_no_environment_of_this_checkout_is_taken_for_the_projects_own(python: Path) -> None:
    named = _run(python, "-m", "tier0.stacks", "check", "homelab")
    assert (named.returncode, named.stdout) == (1, "")
    assert named.stderr == (
        "homelab: no such environment; write the path of a module that assigns ENVIRONMENT\n"
    )


def test_check_without_a_name_does_not_say_that_all_is_well(python: Path) -> None:
    said = _run(python, "-m", "tier0.stacks", "check")
    assert (said.returncode, said.stdout) == (2, "")
    assert "the following arguments are required: environment" in said.stderr
