"""Every state of up to three later generations: accepted, or refused with the next legal step."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Any

import pytest
from pydantic import ValidationError

from components.postgres import PostgresSpec, RestoreSpec, UpgradeSpec
from tests import valid

IMAGE = "ghcr.io/cloudnative-pg/postgresql:"
OLD, NEW = f"{IMAGE}16.10-system-trixie", f"{IMAGE}17.6-system-trixie"

Entry = tuple[str, int]
"""`restore` or `upgrade`, and the number of the source."""


@dataclass(frozen=True)
class State:
    """What somebody writes of the generations of a database, right or wrong."""

    entries: tuple[Entry, ...]
    active: int | None
    retired: tuple[int, ...]
    removed: tuple[int, ...]

    def spec(self) -> PostgresSpec:
        """Return a database with it; raise ValidationError if it is refused."""
        return valid.database(
            image=NEW if "upgrade" in dict(self.entries) else OLD,
            generations=_specs(self.entries),
            active=self.active,
            retired=self.retired,
            removed=self.removed,
        )


def _specs(entries: Sequence[Entry]) -> list[RestoreSpec | UpgradeSpec]:
    """Return the entries: a generation that is upgraded is of PostgreSQL 16, as its source was."""
    upgraded = {source for kind, source in entries if kind == "upgrade"}
    majors = {1: 16 if 1 in upgraded else 17}
    made: list[RestoreSpec | UpgradeSpec] = []
    for number, (kind, source) in enumerate(entries, 2):
        majors[number] = 17 if kind == "upgrade" else majors[source]
        if kind == "upgrade":
            made.append(valid.upgrade(from_major=16, source=source))
        elif number in upgraded:
            majors[number] = 16
            made.append(valid.restore(source=source))
        else:
            image = OLD if majors[number] == 16 else None
            made.append(valid.restore(source=source, image=image))
    return made


def _lists(most: int, kinds: Sequence[str]) -> Iterator[tuple[Entry, ...]]:
    """Yield each list of up to *most* entries, with one upgrade at most."""
    for length in range(most + 1):
        sources = [range(1, number) for number in range(2, length + 2)]
        for chosen in product(kinds, repeat=length):
            if chosen.count("upgrade") <= 1:
                for numbers in product(*sources):
                    yield tuple(zip(chosen, numbers, strict=True))


def states(entries: tuple[Entry, ...]) -> Iterator[State]:
    """Yield each state of a list, also those with an active generation that is not declared."""
    last = len(entries) + 1
    for active in (None, *range(1, last + 2)):
        for fates in product(("kept", "retired", "removed"), repeat=last):
            given = {
                fate: tuple(n for n, it in enumerate(fates, 1) if it == fate)
                for fate in ("retired", "removed")
            }
            yield State(entries, active, given["retired"], given["removed"])


LISTS = list(dict.fromkeys([*_lists(2, ["restore", "upgrade"]), *_lists(3, ["restore"])]))


@cache  # asked for by each test
def told(state: State) -> list[tuple[tuple[Any, ...], str]]:
    """Return the place and the sentence of each fault; none if the state is accepted."""
    try:
        state.spec()
    except ValidationError as error:
        return [(it["loc"], it["msg"]) for it in error.errors(include_url=False)]
    return []


def advised(state: State, place: tuple[Any, ...], sentence: str) -> State:
    """Return the state that the sentence about *place* advises to write."""
    field, advice = str(place[0]), sentence.partition("; ")[2]
    if field == "active":
        number = re.search(r"write (\d+)", advice)
        assert number, sentence
        return replace(state, active=int(number[1]))
    if field == "image":
        written = re.fullmatch(r"write (\d+) in removed, and (\d+) in active", advice)
        assert written, sentence
        return _removed(replace(state, active=int(written[2])), int(written[1]))
    given = list(getattr(state, field))
    index = int(place[1])
    if became := re.match(r"write (\d+) if that one is given up", advice):
        given[index] = int(became[1])
    elif candidate := re.match(r"make (\d+) active first", advice):
        return replace(state, active=int(candidate[1]))
    else:
        assert re.match(r"leave (it|one) out", advice), sentence
        del given[index]
    now = tuple(given)
    return replace(state, retired=now) if field == "retired" else replace(state, removed=now)


def _removed(state: State, number: int) -> State:
    retired = tuple(n for n in state.retired if n != number)
    return replace(state, retired=retired, removed=(*state.removed, number))


@pytest.mark.parametrize("entries", LISTS, ids=str)
def test_a_state_is_accepted_or_refused_with_a_step_that_leads_to_an_accepted_one(
    entries: tuple[Entry, ...],
) -> None:
    for state in states(entries):
        here, steps = state, 0
        while faults := told(here):
            for _, sentence in faults:
                assert re.fullmatch(r"[^;]+; [^;]+", sentence), sentence
            before, here, steps = here, advised(here, *faults[0]), steps + 1
            assert here != before, faults[0]
            assert steps < 9, f"the advice leads nowhere from {state}: {faults[0]}"


@pytest.mark.parametrize("entries", LISTS, ids=str)
def test_an_accepted_state_has_one_active_generation_and_loses_no_source(
    entries: tuple[Entry, ...],
) -> None:
    accepted = 0
    for state in states(entries):
        if told(state):
            continue
        accepted += 1
        lineage = state.spec().lineage
        by_number = {it.number: it for it in lineage}
        assert [it.state for it in lineage].count("active") == 1
        assert len({it.server_name for it in lineage}) == len(lineage)
        alive = [it.cluster for it in lineage if it.state not in ("upgraded", "removed")]
        assert len(set(alive)) == len(alive), "two generations that run in the same volumes"
        for it in lineage:
            assert it.restored is None or it.server_name == it.cluster
            if it.state == "candidate" and it.restored:
                assert by_number[it.restored.source].state not in ("retired", "removed")
    assert accepted


def test_both_sides_of_the_table_are_there() -> None:
    found = [bool(told(state)) for entries in LISTS for state in states(entries)]
    assert found.count(True) > 1000
    assert found.count(False) > 300


def test_a_database_that_was_restored_can_be_upgraded_once_its_predecessor_is_removed() -> None:
    entries = (("restore", 1), ("upgrade", 2))
    ((_, sentence),) = told(State(entries, 3, retired=(1,), removed=()))
    assert sentence == (
        "generation 1 is of PostgreSQL 16, and by the image it would be upgraded to 17 with "
        "generation 2; write 1 in removed, and 3 in active"
    )
    lineage = State(entries, 3, retired=(), removed=(1,)).spec().lineage
    assert [(it.cluster, it.server_name, it.state) for it in lineage] == [
        ("n8n-postgres", "n8n-postgres", "removed"),
        ("n8n-postgres-g2", "n8n-postgres-g2", "upgraded"),
        ("n8n-postgres-g2", "n8n-postgres-g3", "active"),
    ]
