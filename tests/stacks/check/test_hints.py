"""The modules in `hinted/`: each is sound, and its docstring is a hint that it gets."""

from pathlib import Path

import pytest

from components.spec.rule import RULES, of
from stacks.check import environments, load
from stacks.check.rules.hints import hints
from stacks.environment import EnvironmentSpec
from tests import valid
from tests.stacks.check.corpus import HINTED, expected, faults, hinted, rules

HINTS = [rule.name for rule in of("hint")]


@pytest.mark.parametrize("module", HINTED, ids=lambda module: module.stem)
def test_a_sound_environment_is_told_what_its_choice_costs(module: Path) -> None:
    assert faults(module) == []
    (hint,) = expected(module)
    assert hint in hinted(module)


@pytest.mark.parametrize("name", HINTS)
def test_a_hint_has_a_module_and_without_it_nothing_is_said(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    modules = [module for module in HINTED if name in rules(expected(module))]
    assert modules, f"no module of hinted/ shows {name}"
    monkeypatch.delitem(RULES, name)
    for module in modules:
        assert name not in rules(hinted(module))


def test_an_environment_may_be_such_that_nothing_is_to_be_said() -> None:
    spec = valid.environment(
        disposable=True, databases={"n8n": valid.database(objectives=valid.objectives(rto="1h"))}
    )
    assert list(hints(EnvironmentSpec.model_validate(spec))) == []


@pytest.mark.parametrize("name", environments())
def test_each_hint_is_a_place_what_it_costs_and_what_else_there_is(name: str) -> None:
    for found in hints(load(name)):
        assert found.rule.level == "hint"
        place, _, sentence = str(found).partition(": ")
        assert place
        assert "; " in sentence


def test_no_hint_can_be_waived() -> None:
    assert [name for name in HINTS if RULES[name].waivable] == []
