"""Which room may use which, where what is read from outside is read, and where tests lie."""

import ast
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.support import ROOT

MODULES = sorted(
    path.relative_to(ROOT)
    for house in ("components", "stacks")
    for path in (ROOT / house).rglob("*.py")
)
COMPONENTS = [path for path in MODULES if path.parts[0] == "components"]
STACKS = [path for path in MODULES if path.parts[0] == "stacks"]
PODS = [path for path in COMPONENTS if path.parts[1] == "pods"]
FACES = [path for path in MODULES if path.name == "__init__.py"]

READERS = ("components/pods/", "stacks/review/", "components/kube/provider.py")
"""What runs in a pod or in a workflow is told what to do by its environment; and of Kubernetes'
tools each takes the caller's kubeconfig out of it."""


def _tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def _imports(path: Path) -> Iterator[str]:
    """Yield each module that *path* imports, at its top or within a function."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield f"{'.' * node.level}{node.module or ''}"
            yield from (f"{node.module}.{alias.name}" for alias in node.names if not node.level)


def _attributes(path: Path) -> set[str]:
    return {ast.unparse(node) for node in ast.walk(_tree(path)) if isinstance(node, ast.Attribute)}


def _room(name: str) -> str:
    """Return the room of a module: a folder of the house, or a module that stands in it alone."""
    return ".".join(name.split(".")[:2])


def _dotted(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("path", COMPONENTS, ids=str)
def test_a_component_knows_no_stack(path: Path) -> None:
    assert [name for name in _imports(path) if name.split(".")[0] in {"stacks", "tools"}] == []


@pytest.mark.parametrize("path", STACKS, ids=str)
def test_a_stack_needs_no_tool(path: Path) -> None:
    assert [name for name in _imports(path) if name.split(".")[0] == "tools"] == []


@pytest.mark.parametrize("path", PODS, ids=str)
def test_what_runs_in_a_pod_needs_what_barmans_image_has_only(path: Path) -> None:
    of_barman = {"boto3", "botocore", "lz4", "psycopg2", "snappy", "zstandard"}
    known = sys.stdlib_module_names | of_barman
    foreign = [n for n in _imports(path) if n[0] != "." and n.split(".")[0] not in known]
    assert foreign == []


def needed_rooms() -> dict[str, set[str]]:
    """Return the rooms, each with those that it imports."""
    rooms = {_room(_dotted(path)) for path in MODULES}
    needs: dict[str, set[str]] = {room: set() for room in rooms}
    for path in MODULES:
        here = _room(_dotted(path))
        needs[here] |= {_room(name) for name in _imports(path)} & (rooms - {here})
    return needs


def test_no_two_rooms_need_each_other() -> None:
    """Raises CycleError, which names the circle."""
    order = [*TopologicalSorter(needed_rooms()).static_order()]
    assert order.index("components.ceph") < order.index("components.postgres")


def test_no_two_modules_need_each_other() -> None:
    """Within a room too; its face, which imports all of it, is not used inside."""
    modules = {_dotted(path) for path in MODULES if path not in FACES}
    needs = {
        _dotted(path): {
            name
            for found in _imports(path)
            for name in (found, found.replace(".", f"{_dotted(path.parent)}.", 1))
            if name in modules
        }
        for path in MODULES
        if path not in FACES
    }
    assert len([*TopologicalSorter(needs).static_order()]) == len(modules)


@pytest.mark.parametrize("path", FACES, ids=str)
def test_the_face_of_a_room_hands_on_and_defines_nothing(path: Path) -> None:
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= 40
    body = [node for node in _tree(path).body if not isinstance(node, ast.ImportFrom | ast.Expr)]
    assert [ast.unparse(node).partition(" = ")[0] for node in body] in (
        [],
        ["__all__"],
    )


@pytest.mark.parametrize("path", COMPONENTS, ids=str)
def test_a_component_takes_from_another_room_only_its_wires(path: Path) -> None:
    homes = {
        alias.name: node.module
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    foreign = [
        f"{cls.name}: {name.id}"
        for cls in ast.walk(_tree(path))
        if isinstance(cls, ast.ClassDef)
        and any(ast.unparse(base).endswith("Component") for base in cls.bases)
        for function in cls.body
        if isinstance(function, ast.FunctionDef) and function.name == "__init__"
        for argument in (*function.args.args, *function.args.kwonlyargs)
        if argument.annotation
        for name in ast.walk(argument.annotation)
        if isinstance(name, ast.Name)
        and name.id.endswith("Spec")
        and _room(homes.get(name.id, _dotted(path))) != _room(_dotted(path))
    ]
    assert foreign == []


def test_only_compose_reads_pulumis_configuration() -> None:
    readers = [str(path) for path in MODULES if "pulumi.Config" in _attributes(path)]
    assert readers == ["stacks/compose.py"]


def test_only_the_program_reads_the_stacks_name() -> None:
    assert [str(path) for path in MODULES if "pulumi.get_stack" in _attributes(path)] == []
    assert "pulumi.get_stack" in _attributes(Path("__main__.py"))


def test_nothing_reads_the_process_environment() -> None:
    readers = [str(path) for path in MODULES if "os.environ" in _attributes(path)]
    assert [path for path in readers if not path.startswith(READERS)] == []


def test_only_one_place_says_what_ready_and_protected_mean() -> None:
    users = [
        str(path)
        for path in MODULES
        if path.parts[-2:] not in {("kube", "objects.py"), ("render", "recorder.py")}
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


def test_each_component_notes_the_nearest_lines_only() -> None:
    users = [str(path) for path in MODULES if "pulumi.ComponentResource" in _attributes(path)]
    assert users == ["components/kube/objects.py"]


@pytest.mark.parametrize("house", ["components", "stacks"])
def test_each_test_lies_under_the_path_of_the_room_that_it_tests(house: str) -> None:
    rooms = {path.parent for path in MODULES}
    strangers = [
        str(test.relative_to(ROOT))
        for test in (ROOT / "tests" / house).rglob("test_*.py")
        if test.parent.relative_to(ROOT / "tests") not in rooms
    ]
    assert strangers == []


def test_a_test_of_components_has_the_name_of_what_it_tests() -> None:
    """A module; within `stacks/` some test a room as a whole."""
    modules = {path.with_suffix("") for path in COMPONENTS}
    strangers = [
        str(test.relative_to(ROOT))
        for test in (ROOT / "tests" / "components").rglob("test_*.py")
        if test.with_name(test.stem.removeprefix("test_")).relative_to(ROOT / "tests")
        not in modules
    ]
    assert strangers == []


def test_no_process_is_started_by_a_fork_of_python() -> None:
    """Next to gRPC's threads, which a Pulumi program has, a forked child is killed now and then."""
    forks = {"user", "group", "extra_groups", "preexec_fn"}
    callers = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for house in ("components", "stacks", "tools", "tests", "benchmarks", "policies")
        for path in sorted((ROOT / house).rglob("*.py"))
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).startswith("subprocess.")
        and forks & {str(it.arg) for it in node.keywords}
    ]
    assert callers == []
