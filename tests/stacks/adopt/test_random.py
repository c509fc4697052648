"""Whatever a manifest holds, it is adopted or refused in sentences."""

import copy
from collections.abc import Iterator
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from stacks.adopt.adopt import adopt
from stacks.adopt.command import report
from stacks.adopt.differ import changed
from stacks.adopt.reading import Found, files, take
from stacks.check import judged
from stacks.command import Fault
from tests.drafts import few
from tests.stacks.adopt.cases import TODAY
from tests.stacks.adopt.test_adopt import MANIFESTS, VALUES

ODD: list[Any] = [
    *(None, True, 0, -1, 7, 3.5, 10**30, "", "x", "a b", "${A}", "9" * 40, "10Gi", "0 3 * * *"),
    *("\0", [], [1], ["x"], [None], [{}], [[]], {}, {"a": 1}, {1: 2}, {"name": "x"}),
    date(2026, 1, 1),
]
FOUND = [files(path, "", VALUES).documents for path in MANIFESTS]


def _paths(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict | list):
        for here in value if isinstance(value, dict) else range(len(value)):
            yield from _paths(value[here], (*path, here))


def _with(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    if not path:
        return odd
    made = copy.copy(value)
    made[path[0]] = _with(made[path[0]], path[1:], odd)
    return made


@few
@given(st.data())
def test_an_odd_value_anywhere_is_no_traceback(data: st.DataObject) -> None:
    documents = data.draw(st.sampled_from(FOUND))
    bodies = [dict(it.body) for it in documents]
    for _ in range(data.draw(st.integers(1, 3))):
        index = data.draw(st.integers(0, len(bodies) - 1))
        path = data.draw(st.sampled_from([it for it in _paths(bodies[index]) if it]))
        bodies[index] = _with(bodies[index], path, data.draw(st.sampled_from(ODD)))
    found = Found()
    for body, it in zip(bodies, documents, strict=True):
        take(found, "in.yaml", body, it.namespace)
    try:
        made = adopt(found, where="in.yaml", context="here", today=TODAY)
    except Fault:  # a sentence
        return
    assert list(report(made))
    compile(made.text, "module", "exec")
    changed(found.documents, judged(made.environment))
