"""Which room may use which, and where what is read from outside is read."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import ROOT

MODULES = sorted(
    path.relative_to(ROOT)
    for room in ("components", "stacks")
    for path in (ROOT / room).glob("*.py")
)


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield f"{'.' * node.level}{node.module or ''}"


def _attributes(path: Path) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


@pytest.mark.parametrize("path", [p for p in MODULES if p.parts[0] == "components"], ids=str)
def test_a_component_knows_no_stack(path: Path) -> None:
    assert [name for name in _imports(path) if name.split(".")[0] in {"stacks", "tools"}] == []


@pytest.mark.parametrize("path", [p for p in MODULES if p.parts[0] == "stacks"], ids=str)
def test_a_stack_needs_no_tool(path: Path) -> None:
    assert [name for name in _imports(path) if name.split(".")[0] == "tools"] == []


def test_only_compose_reads_pulumis_configuration() -> None:
    readers = [str(path) for path in MODULES if "pulumi.Config" in _attributes(path)]
    assert readers == ["stacks/compose.py"]


def test_only_the_program_reads_the_stacks_name() -> None:
    assert [str(path) for path in MODULES if "pulumi.get_stack" in _attributes(path)] == []
    assert "pulumi.get_stack" in _attributes(Path("__main__.py"))


def test_nothing_reads_the_process_environment() -> None:
    assert [str(path) for path in MODULES if "os.environ" in _attributes(path)] == []


def test_only_one_place_says_what_ready_and_protected_mean() -> None:
    users = [
        str(path)
        for path in MODULES
        if path.name not in {"kube.py", "recorder.py"}
        and any(
            word in (ROOT / path).read_text(encoding="utf-8")
            for word in ("pulumi.com/", "protect=", "retain_on_delete=")
        )
    ]
    assert users == []


def test_no_component_registers_outputs_which_nobody_reads() -> None:
    """Each is one more write of the whole state (docs/decisions/0008)."""
    callers = [str(path) for path in MODULES if "self.register_outputs" in _attributes(path)]
    assert callers == []
