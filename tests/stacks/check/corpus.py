"""The environments in `tests/stacks/check`, and what each is to say of itself."""

import ast
import inspect
import re
from functools import cache
from pathlib import Path

from stacks.check import InvalidEnvironment, load
from stacks.check.rules.hints import hints

_HERE = Path(__file__).parent
BAD = sorted((_HERE / "bad").rglob("*.py"))
HINTED = sorted((_HERE / "hinted").rglob("*.py"))


@cache  # asked for by each test of each rule
def expected(module: Path) -> list[str]:
    """Return the lines of the module's docstring."""
    said = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    return inspect.cleandoc(said).splitlines()


def home(module: Path) -> Path:
    """Return where *module* belongs: in the folder of the field that its docstring begins with."""
    kind = module.relative_to(_HERE).parts[0]
    first, *rest = expected(module)[0].partition(": ")[0].split(".")
    # A database has a name of its own: the folder is that of its field.
    field = rest[1:2] if first == "databases" else []
    return Path(_HERE, kind, first, *field, module.name)


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
