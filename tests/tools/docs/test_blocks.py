"""What a reader copies from a page works: its Python is accepted, its commands are the lab's."""

import ast
import builtins
import re
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from components.spec import drafting
from stacks.check.loading import judged
from stacks.environment import EnvironmentSpec
from tests.support import ROOT, judged_on
from tests.valid import environment, object_store
from tools.docs.specs import every_spec
from tools.lab.operators.ceph import CLUSTER, NAMESPACE, OPERATOR

PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "examples").rglob("*.md")),
]

# What the rest of the environment says, where that of tests/valid.py would make a fragment a fault.
REST = {"docs/rules.md": {"object_store": object_store(copies=2)}}

WRITTEN = date(2026, 11, 30)
"""A day on which each waiver of an example is good."""

# What has a fault, and the fault under it: tests/stacks holds one to the other.
BROKEN = re.compile(r"^((ENVIRONMENT|BEFORE) = (environment|elsewhere)\(|OBJECTS = )")


def _blocks() -> Iterator[tuple[str, str]]:
    """Yield the page and the text of each Python block."""
    for page in PAGES:
        text = page.read_text("utf-8")
        for block in re.findall(r"^```py(?:thon)?\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            yield str(page.relative_to(ROOT)), block


BLOCKS = [(page, block) for page, block in _blocks() if not BROKEN.match(block)]


def _environment(block: str, rest: dict[str, Any]) -> EnvironmentSpec | None:
    """Return the draft of the environment that *block* declares, or None where it declares none.

    A fragment does not import EnvironmentSpec: its fields are those that it names, and the others
    are a valid environment's.
    """
    body = ast.parse(block).body
    value = getattr(body[-1], "value", None)
    if not (isinstance(value, ast.Call) and ast.unparse(value.func) == "EnvironmentSpec"):
        return None
    names: dict[str, Any] = {spec.__name__: spec for spec in every_spec()}
    names["EnvironmentSpec"] = lambda **given: environment(**(rest | given))
    with drafting():
        exec(compile(ast.Module(body[:-1], []), "block", "exec"), names)  # noqa: S102 - our own page
        draft: EnvironmentSpec = eval(ast.unparse(value), names)  # noqa: S307 - the same
    return draft


def _read(block: str) -> set[str]:
    """Return the names that *block* reads and does not assign before its end."""
    found = [node for node in ast.walk(ast.parse(block)) if isinstance(node, ast.Name)]
    assigned = {node.id for node in found if isinstance(node.ctx, ast.Store)}
    return {node.id for node in found if isinstance(node.ctx, ast.Load)} - assigned


@pytest.mark.parametrize(("page", "block"), BLOCKS, ids=[page for page, _ in BLOCKS])
def test_a_python_block_works(page: str, block: str, monkeypatch: pytest.MonkeyPatch) -> None:
    judged_on(WRITTEN, monkeypatch)
    block = block.replace("from tier0.", "from ")  # in a wheel's name, which a checkout has not
    if draft := _environment(block, REST.get(page, {})):
        judged(draft)  # raises InvalidEnvironment, which names every fault
        return
    imports = [
        node for node in ast.parse(block).body if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    known = vars(builtins).copy()
    exec(compile(ast.Module(imports, []), page, "exec"), known)  # type: ignore[arg-type]  # they are statements  # noqa: S102
    assert _read(block) - known.keys() == set(), "a reader would have to guess where it comes from"
    specs = [name for name in _read(block) if name.endswith("Spec")]
    assert specs == [], "a spec belongs into EnvironmentSpec(...), where check judges it"


def test_the_pages_with_blocks_are_found() -> None:
    assert {"README.md", "docs/offsite.md", "docs/talos.md", "docs/rules.md"} <= {
        page for page, _ in BLOCKS
    }


def test_keys_are_rotated_where_the_lab_rotates_them(tmp_path: Path) -> None:
    page = (ROOT / "docs/runbooks/rotate-keys.md").read_text("utf-8")
    (said,) = re.findall(r"^ +(S=.*?^ +\}\n)", page, re.MULTILINE | re.DOTALL)
    stand_in = 'kubectl() { printf "%s\\n" "$@"; }\n'
    done = subprocess.run(
        ["bash", "-euc", f"{stand_in}{said}admin key rm"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    places = [f"--rgw-{place}=homelab-objectstore" for place in ("realm", "zonegroup", "zone")]
    assert done.stdout.splitlines() == [
        *["-n", NAMESPACE, "exec", f"deploy/{OPERATOR}", "--", "radosgw-admin"],
        f"--conf=/var/lib/rook/{NAMESPACE}/{CLUSTER}.config",
        f"--keyring=/var/lib/rook/{NAMESPACE}/client.admin.keyring",
        *["key", "rm", *places],
    ]
