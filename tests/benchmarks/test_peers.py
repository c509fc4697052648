"""The page on the drills of others says what was recorded, and of tier0 what is tested."""

import ast
from collections.abc import Sequence
from functools import cache

import pytest

from benchmarks.peers.faults import FAULTS, Fault, recorded
from benchmarks.peers.table import DOCUMENT, document
from tests.support import ROOT

TRIED = [it for it in FAULTS if it.test]


@cache
def _drills() -> Sequence[ast.AST]:
    """Return each node of the tests of tier0's drill."""
    paths = sorted((ROOT / "tests").rglob("test_drill*.py"))
    return [node for it in paths for node in ast.walk(ast.parse(it.read_text(encoding="utf-8")))]


@cache
def _cases() -> dict[str, list[object]]:
    """Return what each row of a table of faults holds, by its name."""
    return {
        key.value: [it.value for it in ast.walk(value) if isinstance(it, ast.Constant)]
        for node in _drills()
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def test_the_page_has_what_was_recorded() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), (
        "docs/peers.md is old; run python -m benchmarks.peers table"
    )


@pytest.mark.parametrize("fault", TRIED, ids=lambda it: it.name)
def test_what_the_page_says_of_tier0_has_a_test(fault: Fault) -> None:
    name, _, case = fault.test.removesuffix("]").partition("[")
    written = {node.name for node in _drills() if isinstance(node, ast.FunctionDef)}
    assert name in written
    if case:
        assert fault.right in _cases()[case]


def test_what_is_recorded_is_a_fault_of_the_list() -> None:
    names = {it.name for it in FAULTS}
    assert [
        name for peer in recorded().values() for name in peer["found"] if name not in names
    ] == []
