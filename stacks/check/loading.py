"""Loads an environment module and judges it as a whole."""

import ast
import runpy
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pulumi
from pydantic import ValidationError

from components.spec import drafting
from components.spec.rule import RULES, faulty
from stacks.check.conflicts import clashes
from stacks.check.partly import faults_at_faulty_databases, faults_between
from stacks.check.sentences import printable, sentences
from stacks.environment import EnvironmentSpec

_HERE = Path(__file__).parents[1]


class InvalidEnvironment(pulumi.RunError):
    """An environment that cannot be used; its text is one line for each fault.

    Pulumi prints a RunError without a traceback.
    """


def environments() -> list[str]:
    """Return the names of the environments in this folder, sorted; a wheel has none."""
    return sorted(path.stem for path in _HERE.glob("*.py") if _declares(path))


def module_of(name: str) -> Path:
    """Return the file of the environment *name*, which may be a file's name itself."""
    return Path(name) if name.endswith(".py") else _HERE / f"{name}.py"


def load(name: str, text: str | None = None) -> EnvironmentSpec:
    """Return the environment *name*, or the one in the file *name*.

    *text* is judged in place of what its file holds. Raise InvalidEnvironment with every fault,
    and with every conflict with another valid environment of this folder; a file is judged alone.
    """
    return compared(name, text)[0]


def compared(name: str, text: str | None = None) -> tuple[EnvironmentSpec, list[str]]:
    """Return what `load` does, and a sentence for each comparison that could not be made."""
    environment = _read(name, module_of(name), text)
    if name.endswith(".py"):
        return environment, [
            f"databases.{role}.site: not compared with the other site, as a file is judged alone; "
            "environments of stacks/ are, by their names"
            for role, database in environment.databases.items()
            if database.site
        ]
    others, faulty = _others(environments(), but=name)
    if found := [*clashes(environment, others)]:
        raise InvalidEnvironment("\n".join(found))
    return environment, [
        f"not compared with {other}, which has faults; correct what `check {other}` says"
        for other in faulty
    ]


def _others(names: Sequence[str], *, but: str) -> tuple[dict[str, EnvironmentSpec], list[str]]:
    """Return the environments without faults, except the one named *but*, and who has some."""
    found, faulty = {}, []
    for name in names:
        if name != but:
            try:
                found[name] = _read(name, _HERE / f"{name}.py")
            except InvalidEnvironment:
                faulty.append(name)
    return found, faulty


def _read(name: str, path: Path, text: str | None = None) -> EnvironmentSpec:
    """Return the environment *name* that the module *path*, or its new *text*, assigns."""
    if not (path.is_file() and _declares(path)):
        names = environments()
        known = f"one of {', '.join(names)}, or " if names else ""
        raise InvalidEnvironment(
            f"{name}: no such environment; write {known}the path of a module that assigns "
            "ENVIRONMENT"
        )
    try:
        with drafting():
            draft = _run(path, text)["ENVIRONMENT"]
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the module may raise anything
        raise InvalidEnvironment(_where(path, error)) from None
    if not isinstance(draft, EnvironmentSpec):
        raise InvalidEnvironment(
            f"{path}: ENVIRONMENT is a {type(draft).__name__}; "
            "write ENVIRONMENT = EnvironmentSpec(...)"
        )
    return judged(draft)


def _run(path: Path, text: str | None) -> Mapping[str, Any]:
    """Return what the module *path* binds, or what its new *text* would."""
    if text is None:
        return runpy.run_path(str(path))
    bound: dict[str, Any] = {"__name__": "<run_path>", "__file__": str(path)}
    exec(compile(text.encode(), str(path), "exec"), bound)  # noqa: S102 - an environment is a module
    return bound


def judged(draft: EnvironmentSpec) -> EnvironmentSpec:
    """Return the valid environment of *draft*, which was built under `drafting`.

    Raise InvalidEnvironment with every fault.
    """
    try:
        return EnvironmentSpec.model_validate(draft)
    except ValidationError as error:
        lines = sentences(error, EnvironmentSpec)
        if between := faults_between(draft):
            more = sentences(faulty(EnvironmentSpec.__name__, between), EnvironmentSpec)
            lines += [line for line in more if line not in lines]
        if around := faults_at_faulty_databases(draft):
            more = sentences(faulty(EnvironmentSpec.__name__, around), EnvironmentSpec)
            # One sentence is enough of a value that is to be changed anyway.
            places = {line.partition(": ")[0] for line in lines}
            lines += [line for line in more if line.partition(": ")[0] not in places]
        if rest := _sound_part(draft, error):
            lines += [line for line in _faults(rest) if line not in lines]
        raise InvalidEnvironment("\n".join(lines)) from None


def _faults(draft: EnvironmentSpec) -> list[str]:
    try:
        EnvironmentSpec.model_validate(draft)
    except ValidationError as error:
        return sentences(error, EnvironmentSpec)
    return []


def _sound_part(draft: EnvironmentSpec, error: ValidationError) -> EnvironmentSpec | None:
    """Return *draft* without the faulty databases; None if the rest is not an environment.

    Environment rules judge valid specs, so a fault in one database would hide the faults that the
    others have together.
    """
    places = [found["loc"] for found in error.errors()]
    judged = any(
        RULES[found["type"]].level == "environment"
        for found in error.errors()
        if found["type"] in RULES
    )
    if judged or any(place[:1] != ("databases",) or not place[1:] for place in places):
        return None
    faulty = {place[1] for place in places}
    sound = {name: spec for name, spec in draft.databases.items() if name not in faulty}
    # A waiver for a removed database would waive nothing.
    gone = tuple(f"databases.{name}." for name in faulty)
    waivers = [it for it in vars(draft).get("waivers", ()) if not it.place.startswith(gone)]
    with drafting():
        return EnvironmentSpec(**(vars(draft) | {"databases": sound, "waivers": waivers}))


def _declares(path: Path) -> bool:
    """Return whether the module assigns ENVIRONMENT; one that cannot be read may."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError, RecursionError, MemoryError, OSError):
        return True
    return any(
        isinstance(node, ast.Assign | ast.AnnAssign)
        and any(
            isinstance(target, ast.Name) and target.id == "ENVIRONMENT"
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        )
        for node in tree.body
    )


def _where(path: Path, error: BaseException) -> str:
    """Return a sentence with the line of *path* that raised, and the error."""
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == str(path)
    ]
    if isinstance(error, SyntaxError) and error.lineno:
        lines.append(error.lineno)
    line = f":{lines[-1]}" if lines else ""
    said = error.msg if isinstance(error, SyntaxError) else error
    return printable(f"{path}{line}: raised {type(error).__name__}: {said}; fix the module")
