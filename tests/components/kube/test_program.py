"""How a program of ours comes into a pod, and what the pod may do."""

import ast
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from components.kube import program
from components.kube.program import Program, restricted_pod
from tests.support import ROOT

PODS = ROOT / "components" / "pods"
PROGRAMS = sorted(path.stem for path in PODS.glob("*.py") if path.stem != "__init__")

WORDS = 'GREETING = "hello"\nif __name__ == "__main__":\n    print("words ran")\n'
GREET = """\
import sys
from dataclasses import dataclass

from .phrases import Phrase

@dataclass(frozen=True)
class Greeted:
    name: str

if __name__ == "__main__":
    print(Phrase().to(Greeted(sys.argv[1]).name), __package__, Phrase.__module__)
"""
PHRASES = """\
from .words import GREETING

class Phrase:
    def to(self, name):
        return f"{GREETING} {name}"
"""


@pytest.fixture
def pods(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs: `greet` needs `phrases`, which needs `words`; nothing needs `other`."""
    folder = tmp_path / "pods"
    folder.mkdir()
    for name, text in {"greet": GREET, "phrases": PHRASES, "words": WORDS, "other": ""}.items():
        (folder / f"{name}.py").write_text(text)
    monkeypatch.setattr(program, "_PODS", folder)
    return folder


def _python(*arguments: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run Python as a pod does, where nothing of this checkout can be imported."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd="/",
        env={"PATH": os.defpath} | ({"PYTHONPATH": str(path)} if path else {}),
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )


@pytest.mark.usefixtures("pods")
def test_a_program_is_shipped_with_what_it_needs_in_the_order_of_need() -> None:
    assert list(Program("greet").modules) == ["words", "phrases", "greet"]
    assert list(Program("phrases").files) == ["__init__.py", "phrases.py", "words.py"]


@pytest.mark.parametrize("name", PROGRAMS)
def test_whatever_a_program_imports_of_its_package_is_shipped(name: str) -> None:
    shipped = Program(name).modules
    for text in shipped.values():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and node.level:
                assert node.module in shipped, ast.unparse(node)


@pytest.mark.parametrize("changed", ["greet", "phrases", "words"])
def test_a_change_of_what_a_program_needs_changes_its_digest(changed: str, pods: Path) -> None:
    before = Program("greet").digest
    (pods / f"{changed}.py").write_text(f"# changed\n{(pods / f'{changed}.py').read_text()}")
    assert Program("greet").digest != before


def test_a_change_of_what_it_does_not_need_leaves_its_digest(pods: Path) -> None:
    before = Program("greet").digest
    (pods / "other.py").write_text("# changed\n")
    assert Program("greet").digest == before


@pytest.mark.usefixtures("pods")
def test_a_program_of_several_modules_runs_as_the_text_of_a_command() -> None:
    """Its own `__main__` block runs and that of no other; it has its arguments."""
    done = _python("-I", "-c", Program("greet").text, "Ada")
    assert (done.stderr, done.stdout) == ("", "hello Ada pods pods.phrases\n")


@pytest.mark.usefixtures("pods")
def test_a_program_of_one_module_is_its_own_text() -> None:
    assert Program("words").text == WORDS
    assert _python("-I", "-c", Program("words").text).stdout == "words ran\n"


def test_the_files_of_a_program_run_as_a_package(pods: Path, tmp_path: Path) -> None:
    mounted = tmp_path / "program" / pods.name
    mounted.mkdir(parents=True)
    for name, text in Program("greet").files.items():
        (mounted / name).write_text(text)
    done = _python("-m", "pods.greet", "Ada", path=mounted.parent)
    assert (done.stderr, done.stdout) == ("", "hello Ada pods pods.phrases\n")


@pytest.mark.parametrize(
    ("name", "stop"), [("renewal", "TypeError: main() missing"), ("window", "IndexError: list")]
)
def test_a_real_program_gets_as_far_as_its_arguments(name: str, stop: str) -> None:
    done = _python("-I", "-c", Program(name).text)
    assert stop in done.stderr, "it has no arguments, so it has to stop here"


def _pod(**changes: Any) -> Mapping[str, Any]:
    pod: Any = restricted_pod(
        "copy",
        image="example.org/copy:1",
        command=["true"],
        user=26,
        requests={"cpu": "20m", "memory": "32Mi"},
        memory="64Mi",
        mounts={"keys": "/keys"},
        volumes=[{"name": "keys", "secret": {"secret_name": "keys"}}],
        **changes,
    )
    found: Mapping[str, Any] = pod
    return found


def _at(holder: Any, *place: str | int) -> object:
    """Return what is at *place* in a pod's spec; None where nothing is."""
    for part in place:
        holder = holder[part] if isinstance(part, int) else holder.get(part)
    return holder


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (["securityContext", "runAsNonRoot"], True),
        (["securityContext", "seccompProfile", "type"], "RuntimeDefault"),
        (["containers", 0, "securityContext", "allowPrivilegeEscalation"], False),
        (["containers", 0, "securityContext", "capabilities"], {"drop": ["ALL"]}),
        (["containers", 0, "securityContext", "privileged"], None),
        (["containers", 0, "securityContext", "runAsUser"], None),
        (["host_network"], None),
        (["host_pid"], None),
        (["host_ipc"], None),
    ],
    ids=lambda it: it[-1] if isinstance(it, list) else "",
)
def test_a_pod_has_what_the_level_restricted_asks_for(
    place: Sequence[str | int], value: object
) -> None:
    """https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted."""
    assert _at(_pod(port=("metrics", 8080)), *place) == value


def test_a_pod_is_no_root_and_has_no_port_of_its_node() -> None:
    pod = _pod(port=("metrics", 8080))
    assert pod["securityContext"]["runAsUser"] == 26
    assert pod["containers"][0]["ports"] == [{"name": "metrics", "containerPort": 8080}]


def test_a_pod_writes_nothing() -> None:
    (container,) = _pod()["containers"]
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert [mount["readOnly"] for mount in container["volumeMounts"]] == [True]


def test_a_pod_has_a_token_of_the_cluster_only_with_an_account() -> None:
    assert _pod()["automountServiceAccountToken"] is False
    assert "serviceAccountName" not in _pod()
    assert _pod(account="renewal")["serviceAccountName"] == "renewal"
