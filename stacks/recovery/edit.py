"""Changes of an environment's file that a recovery makes: computed, checked, shown, written."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Any

import libcst as cst

from components.postgres import FollowSpec, PostgresSpec, RestoreSpec
from stacks.check import load, module_of
from stacks.command import Fault, write_atomically
from stacks.environment import EnvironmentSpec
from stacks.recovery.syntax import Declaration, Layout, Unclear

_BOM = "\ufeff"


@dataclass(frozen=True, kw_only=True)
class Change:
    """What changes in the declaration of a database; None is as it was."""

    entry: RestoreSpec | FollowSpec | None = None
    """One more generation."""

    active: int | None = None
    retired: Sequence[int] | None = None
    removed: Sequence[int] | None = None

    def fields(self, spec: PostgresSpec) -> dict[str, Any]:
        """Return the whole fields of *spec* that change."""
        found: dict[str, Any] = {}
        if self.entry:
            found["generations"] = [*spec.generations, self.entry]
        if self.active not in (None, spec.active):
            found["active"] = self.active
        numbers = {"retired": self.retired, "removed": self.removed}
        return found | {
            name: given
            for name, given in numbers.items()
            if given is not None and [*given] != [*getattr(spec, name)]
        }


class EnvironmentFile:
    """The file of an environment, as it was when it was read."""

    def __init__(self, name: str) -> None:
        """Read and check the environment *name*; raise Fault and InvalidEnvironment."""
        self.path = module_of(name)
        if not self.path.is_file():
            load(name)  # says so
        self._name = name
        self._bytes = self.path.read_bytes()
        try:
            self.text = self._bytes.decode()
        except UnicodeDecodeError:
            raise Fault(self.place, "it is not UTF-8", "write it in UTF-8") from None
        self.environment = load(name, self.text)

    @property
    def place(self) -> str:
        """Its path from the root of its repository, or from here if it is in none."""
        path = self.path.resolve()
        root = next((it for it in path.parents if (it / ".git").exists()), Path.cwd())
        return os.path.relpath(path, root)

    def database(self, name: str) -> PostgresSpec:
        """Return the database *name*; raise Fault if it has none."""
        databases = self.environment.databases
        if name not in databases:
            fix = f"write one of {', '.join(databases)}"
            raise Fault(f"databases.{name}", "there is no such database", fix)
        return databases[name]

    def changed(self, changes: Mapping[str, Change]) -> str:
        """Return its text with *changes* by the name of a database, once `check` accepts it.

        Raise InvalidEnvironment with what `check` says, and Fault with what is to be written by
        hand where the file does not write a database out.
        """
        code = self.text.removeprefix(_BOM)
        mark = self.text[: len(self.text) - len(code)]
        try:
            module = _parsed(code)
            for name, change in changes.items():
                module = _edited(module, name, self.environment.databases[name], change)
        except Unclear as unclear:
            raise self._by_hand(changes, str(unclear)) from None
        text = mark + module.code
        if not self._intended(load(self._name, text), changes):
            raise self._by_hand(changes, "what it declares depends on more than its own fields")
        return text

    def diff(self, text: str) -> str:
        """Return the unified diff to a new *text*, as `git apply` takes it."""
        name = f"{self.place}\t" if " " in self.place else self.place  # so that git finds its end
        lines = unified_diff(_lines(self.text), _lines(text), f"a/{name}", f"b/{name}")
        return "".join(
            it if it.endswith("\n") else f"{it}\n\\ No newline at end of file\n" for it in lines
        )

    def write(self, text: str) -> None:
        """Replace the file by a new *text*; raise Fault if it was changed since it was read."""
        path = self.path.resolve()
        if path.read_bytes() != self._bytes:
            fault = "it was changed since it was read"
            raise Fault(self.place, fault, "run the command again")
        mode = path.stat().st_mode & 0o777
        write_atomically(path, text, mode)
        path.chmod(mode)  # a umask may have taken some of it

    def _intended(self, after: EnvironmentSpec, changes: Mapping[str, Change]) -> bool:
        """Return whether *after* is the environment with *changes*, and with no others."""
        wanted = {
            name: spec.model_copy(update=changes[name].fields(spec)) if name in changes else spec
            for name, spec in self.environment.databases.items()
        }
        before = self.environment.model_copy(update={"databases": wanted})
        return before.model_dump(mode="json") == after.model_dump(mode="json")

    def _by_hand(self, changes: Mapping[str, Change], why: str) -> Fault:
        layout = Layout()
        parts = []
        for name, change in changes.items():
            fields = change.fields(self.environment.databases[name])
            entries = [
                layout.inner.spec(type(it).__name__, it) for it in fields.pop("generations", ())
            ]
            shown = [f"generations={layout.bracketed('[', entries, ']')}"] if entries else []
            shown += [f"{field}={value}" for field, value in fields.items()]
            body = "".join(f"    {it},\n" for it in shown)
            parts.append(f"in the PostgresSpec of databases.{name}:\n\n{body}")
        names = sorted({type(it.entry).__name__ for it in changes.values() if it.entry})
        imports = f"\nand `from components.postgres import {', '.join(names)}`" if names else ""
        fix = f"write by hand {' and '.join(parts)}{imports}"
        return Fault(self.place, f"it cannot be edited: {why}", fix)


def _parsed(code: str) -> cst.Module:
    try:
        module = cst.parse_module(code)
    except cst.ParserSyntaxError as error:
        raise Unclear(f"line {error.raw_line} is not understood") from None
    if module.code != code:
        raise Unclear("its last line ends with a carriage return alone")
    return module


def _edited(module: cst.Module, name: str, spec: PostgresSpec, change: Change) -> cst.Module:
    try:
        declaration = Declaration(module, name)
        for field, value in change.fields(spec).items():
            if getattr(spec, field) and not declaration.has(field):
                raise Unclear(f"`{field}` is not written out")  # noqa: TRY301 - one place names it
            if field == "generations":
                declaration.extend(field, value[-1])
            elif field == "active":
                declaration.set(field, value)
            else:
                declaration.set_all(field, value)
    except Unclear as unclear:
        raise Unclear(f"databases.{name}: {unclear}") from None
    return declaration.module


def _lines(text: str) -> list[str]:
    """Return the lines of *text* as git counts them: only a line feed ends one."""
    *whole, rest = text.split("\n")
    return [*(f"{line}\n" for line in whole), *([rest] if rest else [])]
