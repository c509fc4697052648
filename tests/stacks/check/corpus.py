"""The environments in `tests/stacks/check`, and what each is to say of itself."""

import ast
import inspect
import re
from functools import cache
from pathlib import Path

from stacks.check import InvalidEnvironment, load
from stacks.check.rules.hints import hints

BAD = sorted((Path(__file__).parent / "bad").rglob("*.py"))
HINTED = sorted((Path(__file__).parent / "hinted").rglob("*.py"))


@cache  # asked for by each test of each rule
def expected(module: Path) -> list[str]:
    """Return the lines of the module's docstring."""
    said = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    return inspect.cleandoc(said).splitlines()


def rules(lines: list[str]) -> set[str]:
    """Return the names of the rules that *lines* end with."""
    found = (re.search(r" \[([a-z0-9]+(?:-[a-z0-9]+)+)\]$", line) for line in lines)
    return {match[1] for match in found if match}


def faults(module: Path) -> list[str]:
    """Return what `python -m stacks check` says of the module; nothing where it is sound."""
    try:
        load(str(module))
    except InvalidEnvironment as error:
        return str(error).splitlines()
    return []


def hinted(module: Path) -> list[str]:
    """Return the hints of the module, which is sound, as they are printed."""
    return list(map(str, hints(load(str(module)))))
