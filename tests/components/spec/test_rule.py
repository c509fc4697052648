"""Rules are registered under the names of their functions, and no two share one."""

from collections.abc import Iterator

import pytest

from components.spec.rule import NUMBERS, RULES, Fault, rule
from stacks import check


@pytest.fixture(autouse=True)
def _registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test register rules that are gone after it."""
    monkeypatch.setattr("components.spec.rule.RULES", dict(RULES))
    monkeypatch.setattr("components.spec.rule.NUMBERS", dict(NUMBERS))


def test_a_second_rule_of_one_name_is_refused() -> None:
    def survives_one_host(_: str) -> Iterator[Fault]:
        yield from ()

    with pytest.raises(
        ValueError,
        match="'survives-one-host' is a rule of stacks",
    ):
        rule("value")(survives_one_host)


def test_a_number_is_given_to_one_rule() -> None:
    def value_is_something(_: str) -> Iterator[Fault]:
        yield from ()

    with pytest.raises(ValueError, match="T305 is the number of 'survives-one-host'"):
        rule("value", was="T305")(value_is_something)


def test_a_name_of_one_word_is_refused() -> None:
    def works(_: str) -> Iterator[Fault]:
        yield from ()

    with pytest.raises(ValueError, match=r"'works' does not say what holds; use several words"):
        rule("value")(works)


def judges_no_spec(_: object) -> Iterator[Fault]:
    yield from ()


def test_a_rule_of_a_spec_names_it_or_stands_in_its_class() -> None:
    class Known:
        @rule("spec")
        def is_in_class(self) -> Iterator[Fault]:
            yield from ()

    with pytest.raises(ValueError, match="'judges-no-spec' judges no spec; write of=, or move"):
        rule("spec")(judges_no_spec)
    rule("spec", of=Known)(judges_no_spec)


def test_every_rule_is_registered_under_the_name_of_its_function() -> None:
    assert check.rules.__all__
    for name, it in RULES.items():
        assert name == it.name == it.find.__name__.replace("_", "-")
