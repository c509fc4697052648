"""Helpers of the tests that are not fixtures."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from components.spec import Spec, drafting
from stacks.check import InvalidEnvironment
from stacks.check.loading import judged
from stacks.compose import compose
from stacks.environment import EnvironmentSpec
from stacks.render.recorder import Recording, record
from tests import valid

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples" / "environments").glob("*.py"))
"""Environments to copy."""


def declared(environment: EnvironmentSpec) -> Recording:
    """Return what the program declares for *environment*."""
    return record(lambda: compose(environment).export())


def faults(draft: EnvironmentSpec) -> list[str]:
    """Return what `check` says of *draft*, made under `drafting`, by line; none if it is valid."""
    try:
        judged(draft)
    except InvalidEnvironment as error:
        return str(error).split("\n")
    return []


def faults_of(changes: Mapping[str, Any]) -> list[str]:
    """Return what `check` says of homelab with *changes* (see `valid.changed`)."""
    with drafting():
        draft = valid.homelab(changes)
    return faults(draft)


def judged_on(day: date, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have it be noon of *day* to the rule about the last days of waivers."""
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    fixed = type("ThatDay", (datetime,), {"now": lambda _: at})
    monkeypatch.setattr("stacks.check.rules.waivers.datetime", fixed)


def to_module(environment: EnvironmentSpec, path: Path) -> Path:
    """Write *environment*, which may be a draft, to *path* as a module; return *path*.

    The module needs no test: a copy of the program that an engine runs has none beside it.
    """
    specs: set[type[Spec]] = set()

    def text(value: object) -> str:
        if isinstance(value, Spec):
            specs.add(type(value))
            given = sorted(value.model_fields_set)
            fields = ", ".join(f"{name}={text(getattr(value, name))}" for name in given)
            return f"{type(value).__name__}({fields})"
        if isinstance(value, Mapping):
            items = ", ".join(f"{key!r}: {text(item)}" for key, item in value.items())
            return f"{{{items}}}"
        if isinstance(value, list | tuple):
            items = ", ".join(map(text, value))
            return f"[{items}]" if isinstance(value, list) else f"tuple([{items}])"
        return repr(value)

    made = text(environment)
    imports = sorted(f"from {spec.__module__} import {spec.__name__}\n" for spec in specs)
    path.write_text(f"{''.join(imports)}\nENVIRONMENT = {made}\n", encoding="utf-8")
    return path
