"""What `check` refuses of a draft is taken out of it, or waived, until it accepts it."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from components.postgres import PostgresSpec, RoleSpec
from components.spec import Spec, drafting
from components.spec.rule import RULES, Rule
from stacks.adopt.document import Document, Note
from stacks.adopt.fixes import FIXED, FIXES
from stacks.check import InvalidEnvironment, judged
from stacks.command import Fault
from stacks.environment import EnvironmentSpec
from stacks.waivers import WaiverSpec

WAIVED = timedelta(days=90)
_MAY_GO = ("object_store.encrypts",)
_ROUNDS = 20  # each takes out what the last one left


def sound(
    draft: EnvironmentSpec, clusters: Mapping[str, Document], today: date
) -> tuple[EnvironmentSpec, list[Note]]:
    """Return *draft* as far as `check` accepts it, and what is said of the rest.

    Raise Fault where it is at fault in something that cannot be left out.
    """
    notes: list[Note] = []
    for _ in range(_ROUNDS):
        try:
            judged(draft)
        except InvalidEnvironment as error:
            # Backwards, as what is taken out of a list moves what follows it.
            lines = sorted(str(error).splitlines(), key=_order, reverse=True)
            # A waiver comes last: something else may be why the rule is broken.
            for line in [it for it in lines if not _waivable(it)] or lines:
                draft, note = _without(draft, line, clusters, today)
                notes += [note] if note else []
        else:
            with drafting():
                return _plain(draft), notes
        if not draft.databases:
            return draft, notes
    raise Fault("the module", "it would not be sound", "adopt fewer manifests at once")


def _waivable(line: str) -> bool:
    rule = _rule(line)
    return rule is not None and rule.waivable


def _rule(line: str) -> Rule | None:
    return RULES.get(line.rpartition("[")[2].rstrip("]"))


def _order(line: str) -> list[tuple[int, str]]:
    """Sort lines by their places, items of lists by their numbers."""
    steps = line.partition(": ")[0].split(".")
    return [(int(it) if it.isdigit() else -1, it) for it in steps]


def _without(
    draft: EnvironmentSpec, line: str, clusters: Mapping[str, Document], today: date
) -> tuple[EnvironmentSpec, Note | None]:
    """Return *draft* without what a *line* of `check` finds fault with, and the note of it."""
    place, _, said = line.partition(": ")
    steps = place.split(".")
    field = ".".join(steps[2:])
    rule = _rule(line)
    role = steps[1] if steps[0] == "databases" and len(steps) > 1 else ""
    where = clusters[role].place if role in clusters else "the module"
    if rule and rule.waivable:
        waived = WaiverSpec(
            rule=rule.name,
            place=place,
            because="the database is taken over as it runs",
            until=(today + WAIVED).isoformat(),
        )
        with drafting():
            more = [*vars(draft).get("waivers", ()), waived]
            made = EnvironmentSpec(**vars(draft) | {"waivers": more})
        text = f"{field or place}: {said}; it is waived until {waived.until}: write why"
        return made, Note(place=where, verdict="fill in", text=text)
    if steps[0] != "databases" and place not in _MAY_GO:
        raise Fault("the module", line, "correct that in the manifests")
    fix = FIXES.get((rule.name, field)) if rule else None
    if fix and role in draft.databases:
        with drafting():
            fields = vars(draft.databases[role])
            if fixed := fix(fields):
                databases = {**draft.databases, role: PostgresSpec(**{**fields, **fixed[0]})}
                changed = EnvironmentSpec(**vars(draft) | {"databases": databases})
                text = f"{field}: {fixed[1]}: {said}"
                return changed, Note(place=where, verdict="changed", text=text)
    if set(steps[2:]) & set(FIXED):
        steps = steps[:2]
    with drafting():
        gone, kept = _removed(draft, _nearest(draft, steps, said))
    if gone is None:
        raise Fault("the module", line, "correct that in the manifests")
    if gone == steps[: len(gone)] and kept is draft:
        return draft, None  # taken out with what an earlier line was about
    what = ".".join(gone[2:]) or "the whole Cluster"
    text = f"{what}: {said}" if gone[2:] else f"the whole Cluster: {field}: {said}"
    assert isinstance(kept, EnvironmentSpec)  # noqa: S101 - what goes in comes out
    return kept, Note(place=where, verdict="kept out", text=text)


def _nearest(draft: EnvironmentSpec, steps: list[str], said: str) -> list[str]:
    """Return the place in a mapping or list at *steps* that is *said* first; else *steps*."""
    holder: object = draft
    for step in steps:
        holder = (_fields(holder) or {}).get(step)
    names = [str(it) for it in holder] if isinstance(holder, Mapping | list) else []
    found = [
        (it.start(), index)
        for index, name in enumerate(names)
        if (it := re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])", said))
    ]
    if not found:
        return steps
    index = min(found)[1]
    return [*steps, names[index] if isinstance(holder, Mapping) else str(index)]


def _removed(holder: Any, steps: Sequence[str]) -> tuple[list[str] | None, Any]:  # noqa: ANN401 - specs, mappings, lists
    """Return what is left out, the nearest to *steps* that may be, and the holder without it.

    None: nothing on the way may be left out. The same holder: it is without it already.
    """
    fields = _fields(holder)
    if fields is None or not steps:
        return None, holder
    # A name of a parameter may have dots.
    known = [count for count in range(len(steps), 0, -1) if ".".join(steps[:count]) in fields]
    if not known:
        missing = isinstance(holder, Spec) and steps[0] in type(holder).model_fields
        return (None if missing else [steps[0]]), holder
    here, rest = ".".join(steps[: known[0]]), steps[known[0] :]
    below, inside = _removed(fields[here], rest)
    if below is None:
        if _needed(holder, here):
            return None, holder
        return [here], _made(holder, {it: fields[it] for it in fields if it != here})
    if inside is not fields[here]:
        kept = {**fields, here: inside}
        if (inside in ({}, []) or _says_nothing(inside)) and not _needed(holder, here):
            del kept[here]
        holder = _made(holder, kept)
    return [here, *below], holder


def _plain(draft: EnvironmentSpec) -> EnvironmentSpec:
    """Return *draft* without the `login` of roles that kept their Secret, and may log in by it."""
    databases = {}
    for name, spec in draft.databases.items():
        given = vars(spec)
        roles = {
            role: RoleSpec(**{key: value for key, value in vars(it).items() if key != "login"})
            if "password_secret" in vars(it)
            else it
            for role, it in given.get("roles", {}).items()
        }
        databases[name] = PostgresSpec(**given | {"roles": roles}) if roles else spec
    return EnvironmentSpec(**vars(draft) | {"databases": databases})


def _fields(holder: object) -> Mapping[str, Any] | None:
    """Return what a holder has by name or number; None if it has nothing."""
    if isinstance(holder, list):
        return {str(index): it for index, it in enumerate(holder)}
    if isinstance(holder, Spec):
        return vars(holder)
    return holder if isinstance(holder, Mapping) else None


def _says_nothing(value: object) -> bool:
    return isinstance(value, Spec) and not vars(value)


def _needed(holder: object, field: str) -> bool:
    return isinstance(holder, Spec) and type(holder).model_fields[field].is_required()


def _made(holder: Any, fields: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as it is given
    if isinstance(holder, list):
        return list(fields.values())
    return type(holder)(**fields) if isinstance(holder, Spec) else dict(fields)
