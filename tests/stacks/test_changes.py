"""What the change of a deployed environment cannot do, and what it brings with it."""

import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from components.spec.rule import OUTSIDE, RULES, of, rule_of
from stacks.changes import KINDS, judged, refused
from stacks.environment import EnvironmentSpec
from stacks.render.diff import differences
from stacks.render.owners import owned
from tests import valid
from tests.stacks.check.corpus import expected, rules
from tests.support import declared

IMAGE = "ghcr.io/cloudnative-pg/postgresql:"
OLD, NEW = f"{IMAGE}17.6-system-trixie", f"{IMAGE}18.4-system-trixie"
UPGRADED = {"image": NEW, "generations": [valid.upgrade(from_major=17)]}


CHANGED = sorted((Path(__file__).parent / "changed").glob("*.py"))


def said(module: Path) -> list[str]:
    """Return what `plan --against` says of the change from BEFORE to AFTER in *module*."""
    made = runpy.run_path(str(module))
    before, after = (owned(made[name]).all.manifests() for name in ("BEFORE", "AFTER"))
    return [
        f"{change.kind} {change.name}: {sentence}"
        for change in differences(before, after)
        for sentence in (*change.impossible, *change.consequences)
    ]


def of_kind(environment: EnvironmentSpec, kind: str) -> Mapping[str, Any]:
    (found,) = (it for it in declared(environment).manifests() if it["kind"] == kind)
    return found


def cluster(**changes: Any) -> Mapping[str, Any]:
    """Return the Cluster of a database with *changes*."""
    database = valid.database(**changes)
    return of_kind(valid.environment(databases={"n8n": database}), "Cluster")


def found(
    old: Mapping[str, Any], new: Mapping[str, Any], status: Mapping[str, Any] | None = None
) -> list[str]:
    """Return the rules of a change, those that refuse it with their sentences."""
    return [str(it) if refused(it) else it.rule.name for it in judged(old, new, status)]


def test_what_does_not_change_has_no_consequence() -> None:
    assert found(cluster(), cluster()) == []


@pytest.mark.parametrize("module", CHANGED, ids=lambda module: module.stem)
def test_a_change_says_what_it_cannot_do_and_what_it_brings(module: Path) -> None:
    assert said(module) == expected(module)


@pytest.mark.parametrize("name", [it.name for it in (*of("change"), *of("consequence"))])
def test_a_rule_has_a_module_and_without_the_rule_its_line_is_gone(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    modules = [module for module in CHANGED if name in rules(expected(module))]
    assert modules, f"no module of changed/ breaks {name}"
    monkeypatch.delitem(RULES, name)
    for module in modules:
        assert name not in rules(said(module))


@pytest.mark.parametrize("method", ["plugin", "in-tree"])
def test_a_major_upgrade_with_an_archive_of_its_own_is_possible_and_has_a_consequence(
    method: str,
) -> None:
    backup = valid.backup(method=method, data_compression="gzip")
    before, after = cluster(backup=backup), cluster(backup=backup, **UPGRADED)
    assert found(before, after) == ["major-upgrade-begins-a-window"]
    (consequence,) = judged(before, after)
    assert "begins with the first base backup in 'n8n-postgres-g2'" in str(consequence)


def test_the_way_back_from_a_failed_upgrade_is_open() -> None:
    before, after = cluster(**UPGRADED), cluster(image=OLD)
    assert found(before, after, {"pgDataImageInfo": {"majorVersion": 17}}) == []
    (line,) = found(before, after, {"pgDataImageInfo": {"majorVersion": 18}})
    assert "[major-version-does-not-fall]" in line


@pytest.mark.parametrize(
    "change",
    [
        {"storage": "20Gi"},
        {"wal_storage": "5Gi"},
        {"instances": 3},
        {"image": f"{IMAGE}17.7-system-trixie"},
        {"parameters": {"max_connections": "200"}},
        {"backup": valid.backup(schedule="0 3 * * *")},
    ],
)
def test_what_can_be_changed_is_not_spoken_of(change: dict[str, Any]) -> None:
    assert found(cluster(), cluster(**change)) == []


def test_what_a_preview_does_not_know_yet_is_not_judged() -> None:
    unknown = {**cluster(), "spec": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}
    assert found(unknown, cluster()) == found(unknown, unknown) == []


def test_each_rule_over_two_states_judges_a_kind() -> None:
    """A rule of a class to which no kind leads would judge nothing."""
    judging = {rule_of(find) for made in KINDS.values() for find in OUTSIDE[made]}
    assert {*of("change"), *of("consequence")} == judging
