"""Variables in manifests, as Flux replaces them before it applies (`postBuild.substitute`)."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from stacks.command import Fault

_VARIABLE = re.compile(r"(?<!\$)\$\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[=-])([^{}$]*))?\}")
_PODS = re.compile(r"\$\{podselector:[^}]*\}")
"""What CloudNativePG replaces itself, in lines of pg_hba (1.30)."""


@dataclass(kw_only=True)
class Filled:
    """A text whose variables have values, as far as these are known."""

    text: str
    defaults: dict[str, str] = field(default_factory=dict)
    """What was taken from the text itself, as nothing else says it: `${SIZE:=10Gi}`."""
    names: set[str] = field(default_factory=set)
    """The variables in it."""


def filled(text: str, values: Mapping[str, str] | None) -> Filled:
    """Return *text* with the *values* of its variables; one without a value stays as it is.

    None: all of them stay.
    """
    made = Filled(text=text)
    if values is None:
        return made

    def _value(found: re.Match[str]) -> str:
        name, given, default = found.groups()
        made.names.add(name)
        if name in values:
            return values[name]
        if given is None:
            return found[0]
        made.defaults[name] = default
        return str(default)

    made.text = _VARIABLE.sub(_value, text)
    return made


def templated(value: object) -> bool:
    """Tell whether a text is to be replaced before it means something."""
    return isinstance(value, str) and ("${" in _PODS.sub("", value) or "{{" in value)


def templates(value: object) -> Iterator[str]:
    """Yield the templated texts in a value, however deep."""
    if isinstance(value, Mapping | list):
        for it in value.values() if isinstance(value, Mapping) else value:
            yield from templates(it)
    elif isinstance(value, str) and templated(value):
        yield value


def unfilled(text: str) -> str:
    """Return what is said of a templated *text*: what it needs; and what to write."""
    names = list(dict.fromkeys(it[1] for it in _VARIABLE.finditer(text)))
    if not names:
        maker = "helm template" if "{{" in text else "flux build"
        return f"is a template; adopt what `{maker}` makes of it"
    needed = " and ".join(f"${{{it}}}" for it in names)
    options = " ".join(f"--set {it}=VALUE" for it in names)
    return f"needs {needed}; write {options}, or adopt what `flux build` makes of it"


def unused(values: Iterable[str], known: Iterable[str]) -> Iterator[Fault]:
    """Yield a fault for each variable of *values* that is not among the *known* ones."""
    names = sorted(known)
    for name in values:
        if name not in names:
            close = get_close_matches(name, names, n=1)
            fix = f"write {close[0]}, or leave it out" if close else "leave it out"
            yield Fault("--set", f"no manifest of CloudNativePG has ${{{name}}}", fix)


def values(given: Sequence[str]) -> dict[str, str]:
    """Return the values that the option `--set` gives; raise Fault."""
    made: dict[str, str] = {}
    for it in given:
        name, equals, value = it.partition("=")
        if not equals or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise Fault("--set", f"'{it}' is no variable with a value", "write NAME=VALUE")
        if made.setdefault(name, value) != value:
            raise Fault("--set", f"'{name}' has two values", "write one")
    return made
