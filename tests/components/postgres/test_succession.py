"""Every pair of accepted states of up to two later generations: which change is refused.

What refuses is a rule over two states, or that Pulumi deletes nothing that is protected.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import product
from typing import Any

import pytest

from components.kube import HOLDS_DATA
from components.postgres import PostgresSpec, UpgradeSpec
from components.postgres.generations import FENCED, Generation
from stacks.render.diff import ObjectChange, differences, holds_data
from tests import valid
from tests.components.postgres.test_lineage import LISTS, State, states, told
from tests.support import declared

Manifest = Mapping[str, Any]

ACCEPTED = [
    state
    for entries in LISTS
    if len(entries) < 3
    for state in states(entries)
    if state.active and not told(state)
]

ALLOWED = {
    "active": {"active", "stopped", "retired", "upgraded"},
    "candidate": {"candidate", "active", "stopped", "retired", "upgraded"},
    "stopped": {"stopped", "active", "retired"},
    "retired": {"retired", "active", "stopped", "removed"},
    "removed": {"removed"},
    "upgraded": {"upgraded"},
}
"""What may become of a generation while no Cluster is lost."""


@cache
def _spec(state: State) -> PostgresSpec:
    return state.spec()


@cache
def _recorded() -> Mapping[str, list[Manifest]]:
    """Return the objects whose rules are about generations, by namespace: one for each state.

    All are of one recording, as each takes half a second.
    """
    databases = {
        f"d{number}": PostgresSpec(
            **dict(_spec(state))
            | {
                "namespace": f"d{number}",
                "backup": valid.backup(bucket=valid.claim(f"d{number}")),
            }
        )
        for number, state in enumerate(ACCEPTED)
    }
    found: dict[str, list[Manifest]] = {}
    for it in declared(valid.environment(databases=databases)).manifests():
        if it["kind"] in ("Cluster", "ConfigMap", "Service"):
            here = it["metadata"] | {"namespace": "n8n-prod"}
            found.setdefault(it["metadata"]["namespace"], []).append({**it, "metadata": here})
    return found


def _objects(state: State) -> list[Manifest]:
    """Return the objects of a database whose rules are about generations."""
    return _recorded()[f"d{ACCEPTED.index(state)}"]


@cache
def _changes(before: State, after: State) -> list[ObjectChange]:
    return differences(_objects(before), _objects(after))


def _refused(before: State, after: State) -> list[str]:
    """Return why a change of what exists is not made."""
    return [sentence for it in _changes(before, after) for sentence in it.impossible]


def _deleted(before: State, after: State) -> list[str]:
    """Return the protected Clusters that are declared no more: Pulumi and the guard refuse it."""
    changes = _changes(before, after)
    return [
        it.name
        for it in changes
        if (it.kind, it.change) == ("Cluster", "removed") and it.holds_data
    ]


def _lost(before: State, after: State) -> bool:
    """Return whether the active generation is restored with the same change."""
    current = _spec(after).current
    return current.number > len(before.entries) + 1 and current.restored is not None


def _expected(before: State, after: State) -> bool:
    """Return whether every generation becomes what it may become."""
    old, new = _spec(before).lineage, _spec(after).lineage
    if after.entries[: len(before.entries)] != before.entries:
        return False
    kinds = {kind for kind, _ in after.entries[len(before.entries) :]}
    if kinds == {"restore", "upgrade"} and not _spec(before).restored:
        return False
    for one in new[len(old) :]:
        if isinstance(one.origin, UpgradeSpec) and not _continues(old, one):
            return False
    lost = _lost(before, after)
    return all(
        other.state in ALLOWED[one.state] or (lost and other.state == "removed")
        for one, other in zip(old, new, strict=False)
    )


def _continues(old: Sequence[Generation], upgrade: Generation) -> bool:
    """Return whether an upgrade that is new is of a generation that runs, and goes on with it."""
    assert isinstance(upgrade.origin, UpgradeSpec)
    assert upgrade.origin.source
    (source,) = [it for it in old if it.number == upgrade.origin.source] or [upgrade]
    left = source.state == "active" and upgrade.state == "candidate"
    return source.runs and upgrade.runs and not left


def test_a_change_is_refused_where_a_generation_becomes_what_it_may_not() -> None:
    """A rule over two states knows only what objects of a restored database say of it."""
    for before, after in product(ACCEPTED, repeat=2):
        refused, expected = _refused(before, after), _expected(before, after)
        assert not (refused and expected), f"{before} -> {after}: {refused}"
        if not (refused or expected):
            assert not _spec(before).restored, f"{before} -> {after} is not refused"
            assert _deleted(before, after), f"{before} -> {after} is not refused"


def test_what_is_not_refused_deletes_no_protected_cluster_unless_clusters_are_lost() -> None:
    for before, after in product(ACCEPTED, repeat=2):
        if _expected(before, after) and _deleted(before, after):
            assert _lost(before, after), f"{before} -> {after}"


def test_what_is_not_refused_makes_no_empty_database_in_the_place_of_one_that_was_there() -> None:
    made = 0
    for before, after in product(ACCEPTED, repeat=2):
        if not _expected(before, after):
            continue
        known = {it["metadata"]["name"] for it in _objects(before) if it["kind"] == "Cluster"}
        for it in _objects(after):
            if it["kind"] == "Cluster" and it["metadata"]["name"] not in known:
                made += 1
                assert list(it["spec"]["bootstrap"]) == ["recovery"], f"{before} -> {after}"
    assert made > 100


@pytest.mark.parametrize("state", ACCEPTED, ids=str)
def test_the_service_leads_to_a_cluster_that_runs(state: State) -> None:
    by_kind: dict[str, list[Manifest]] = {}
    for it in _objects(state):
        by_kind.setdefault(it["kind"], []).append(it)
    called = _spec(state).service_name
    (service,) = [it for it in by_kind["Service"] if it["metadata"]["name"] == called]
    clusters = {it["metadata"]["name"]: it["metadata"] for it in by_kind["Cluster"]}
    selected = clusters[service["spec"]["selector"]["cnpg.io/cluster"]]
    assert FENCED not in selected["annotations"]
    assert holds_data({"metadata": selected})
    for one in _spec(state).lineage:
        if one.state in ("stopped", "retired"):
            annotations = clusters[one.cluster]["annotations"]
            assert annotations[FENCED] == '["*"]'
            assert (HOLDS_DATA in annotations) == (one.state == "stopped")
