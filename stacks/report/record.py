"""The record of a database's drills, as the cluster or a folder of evidence holds it."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cache
from typing import Any, Literal, Self, get_args

from pydantic import TypeAdapter, ValidationError

from components.pods.evidence import SCHEMA, Depth, Evidence, Rung, Verdict

DEPTHS: tuple[Depth, ...] = get_args(Depth)

KEPT_RUNS = 30
"""How many runs of each depth a record keeps."""

_YEARS = range(2020, 9000)
"""Around these the calendar of Python ends."""

GOOD = ("passed", "missed")
"""The verdicts of a drill that gave the data."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What the history keeps of a drill that is over."""

    id: str
    depth: Depth
    store: Literal["archive", "offsite"]
    begun: str
    verdict: Verdict
    rung: Rung
    restore_seconds: float | None = None
    archived_seconds: float | None = None

    @classmethod
    def of(cls, evidence: Evidence) -> Self:
        """Return what is kept of a drill."""
        return cls(**{it.name: getattr(evidence, it.name) for it in fields(cls)})


@dataclass(frozen=True, kw_only=True)
class Record:
    """What is known of one database's drills."""

    last: Mapping[Depth, Evidence] = field(default_factory=dict)
    """The last drill of each depth that ran."""

    good: Mapping[Depth, Evidence] = field(default_factory=dict)
    """The last that passed, or missed an objective."""

    known: tuple[Evidence, ...] = ()
    """All evidence that was read, each once, the newest last."""

    runs: tuple[Run, ...] = ()
    """The last ones of each depth, the newest last."""

    running: str = ""
    """The id of the drill that runs now; empty if none does."""

    faults: tuple[str, ...] = ()
    """What of it cannot be read: `place: fault; fix`."""


def from_config_map(place: str, data: Mapping[str, str]) -> Record:
    """Return the record in the data of a ConfigMap; *place* is where that is."""
    faults = list[str]()
    evidence = dict[str, Evidence]()
    for key in (*DEPTHS, *(f"good-{depth}" for depth in DEPTHS)):
        if data.get(key):
            try:
                evidence[key] = evidence_in(data[key])
            except ValueError as error:
                faults.append(f"{place}, {key}: {error}")
    runs, running = tuple[Run, ...](), ""
    try:
        runs = _runs().validate_python(parsed(data.get("history") or "[]"))
    except ValueError as error:
        faults.append(f"{place}, history: {_fault(error)}")
    try:
        found = parsed(data.get("running") or "{}")
        running = str(found.get("id", "")) if isinstance(found, dict) else ""
    except ValueError as error:
        faults.append(f"{place}, running: {_fault(error)}")
    return Record(
        last={depth: evidence[depth] for depth in DEPTHS if depth in evidence},
        good={depth: it for depth in DEPTHS if (it := evidence.get(f"good-{depth}"))},
        known=_ordered(evidence.values()),
        runs=runs,
        running=running,
        faults=tuple(faults),
    )


def from_evidence(found: Iterable[Evidence]) -> Record:
    """Return the record that all evidence of one database makes."""
    ordered = _ordered(found)
    runs = list[Evidence]()
    for depth in DEPTHS:
        runs += [it for it in ordered if it.depth == depth][-KEPT_RUNS:]
    return Record(
        last={it.depth: it for it in ordered},
        good={it.depth: it for it in ordered if it.verdict in GOOD},
        known=ordered,
        runs=tuple(map(Run.of, _ordered(runs))),
    )


def _ordered(found: Iterable[Evidence]) -> tuple[Evidence, ...]:
    once = {it.id: it for it in found}
    return tuple(sorted(once.values(), key=lambda it: moment_of(it.ended)))


def evidence_in(text: str) -> Evidence:
    """Return the evidence in a JSON text; raise ValueError, `fault; fix`, if there is none."""
    try:
        return _checked(parsed(text))
    except ValueError as error:
        raise ValueError(_fault(error)) from None


def _checked(found: object) -> Evidence:
    schema = found.get("schema") if isinstance(found, dict) else None
    if schema != SCHEMA:
        raise ValueError(f"its schema is {schema}, not {SCHEMA}")
    made: Evidence = _evidence().validate_python(found)
    for said in (made.begun, made.ended):
        moment_of(said)
    return made


def moment_of(said: str) -> datetime:
    """Return a moment of evidence; raise ValueError if it is none, or has no time zone."""
    found = datetime.fromisoformat(said)
    if found.tzinfo is None:
        raise ValueError(f"{said} has no time zone")
    if found.year not in _YEARS:
        raise ValueError(f"{said} is no moment of a drill")
    return found


def parsed(text: str) -> Any:  # noqa: ANN401 - any JSON
    """Return what a JSON text holds; raise ValueError if it is none, or a number is not finite."""

    def finite(word: str) -> float:
        if not math.isfinite(number := float(word)):
            raise ValueError(f"{word} is no finite number")
        return number

    try:
        return json.loads(text, parse_float=finite, parse_constant=finite)
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def _fault(error: ValueError) -> str:
    """Say in one line why a text is no evidence, and what to do."""
    said = str(error)
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_context=False)[0]
        said = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    elif isinstance(error, json.JSONDecodeError):
        said = f"it is not JSON ({error})"
    return f"{' '.join(said.split())}; read it with the tier0 that wrote it, or run a drill again"


@cache
def _evidence() -> TypeAdapter[Any]:
    return TypeAdapter(Evidence)


@cache
def _runs() -> TypeAdapter[Any]:
    return TypeAdapter(tuple[Run, ...])
