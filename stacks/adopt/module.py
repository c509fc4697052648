"""An environment as the text of a module, as `ruff format` writes it."""

from collections.abc import Mapping, Sequence
from importlib import import_module

from components.spec import Spec
from stacks.recovery.syntax import Layout

_WIDTH, _STEP = 100, "    "
_LAYOUT = Layout()
_SPREAD = {"EnvironmentSpec", "PostgresSpec", "databases"}
"""What is always written over several lines, so that it is easily changed."""


def written(environment: Spec, title: str) -> str:
    """Return the module that declares a draft of an *environment*."""
    specs: set[type[Spec]] = set()
    made = _text(environment, "", len("ENVIRONMENT = "), 0, specs)
    imports = "".join(_import(module, names) for module, names in sorted(_faces(specs).items()))
    return f'"""{title}"""\n\n{imports}\nENVIRONMENT = {made}\n'


def _faces(specs: set[type[Spec]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for spec in specs:
        parts = spec.__module__.split(".")
        room = (
            ".".join(parts[: -len(parts) + parts.index("components") + 2])
            if "components" in parts
            else ""
        )
        offered = room and spec.__name__ in getattr(import_module(room), "__all__", ())
        found.setdefault(room if offered else spec.__module__, []).append(spec.__name__)
    return found


def _import(module: str, names: Sequence[str]) -> str:
    line = f"from {module} import {', '.join(sorted(names))}\n"
    if len(line) <= _WIDTH + 1:
        return line
    return f"from {module} import (\n{''.join(f'{_STEP}{it},{chr(10)}' for it in sorted(names))})\n"


def _text(value: object, indent: str, before: int, after: int, specs: set[type[Spec]]) -> str:
    """Return a value whose line has *before* characters before it and *after* behind it."""
    spread = False
    if isinstance(value, Spec):
        specs.add(type(value))
        name = type(value).__name__
        given = [it for it in type(value).model_fields if it in value.model_fields_set]
        fields = vars(value)
        opening, closing = f"{name}(", ")"
        items = [(f"{it}=", fields[it]) for it in given]
        spread = name in _SPREAD
    elif isinstance(value, Mapping):
        opening, closing = "{", "}"
        items = [(f"{_LAYOUT.literal(key)}: ", it) for key, it in value.items()]
        spread = any(type(it).__name__ in _SPREAD for it in value.values())
    elif isinstance(value, list | tuple):
        opening, closing = "[", "]"
        items = [("", it) for it in value]
    elif isinstance(value, str):
        return _LAYOUT.literal(value)
    else:
        return repr(value)
    inner = ", ".join(key + _text(it, "", 0, 0, specs) for key, it in items)
    line = f"{opening}{inner}{closing}"
    if not spread and "\n" not in line and before + len(line) + after <= _WIDTH:
        return line
    deeper = indent + _STEP
    lines = [
        f"{deeper}{key}{_text(it, deeper, len(deeper) + len(key), 1, specs)},\n"
        for key, it in items
    ]
    return f"{opening}\n{''.join(lines)}{indent}{closing}"
