"""Who breaks a rule on purpose says so, and is reminded."""

import runpy
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from components.spec import drafting
from components.spec.rule import RULES
from stacks.__main__ import check
from stacks.check.rules.waivers import waived
from stacks.environment import EnvironmentSpec
from tests import valid
from tests.stacks.check.corpus import BAD, expected, rules
from tests.support import faults

WAIVABLE = [
    (name, module)
    for name, rule in RULES.items()
    for module in BAD
    if rule.waivable and rules(expected(module)) == {name}
]


def _faults(**changes: object) -> list[str]:
    with drafting():
        draft = valid.environment(**changes)
    return faults(draft)


def _two_copies(**waiver: object) -> list[str]:
    return _faults(object_store=valid.object_store(copies=2), waivers=[valid.waiver(**waiver)])


@pytest.mark.parametrize(
    ("name", "module"), WAIVABLE, ids=[f"{name}-{module.stem}" for name, module in WAIVABLE]
)
def test_a_judgement_is_waived_at_the_place_that_check_prints(name: str, module: Path) -> None:
    places = {line.split(": ")[0] for line in expected(module)}
    with drafting():
        draft = runpy.run_path(str(module))["ENVIRONMENT"]
        waivers = [valid.waiver(rule=name, place=place) for place in sorted(places)]
        if draft.__dict__.get("waivers"):
            waivers += draft.waivers
        excused = EnvironmentSpec(**vars(draft) | {"waivers": waivers})
    lines = list(waived(EnvironmentSpec.model_validate(excused)))
    assert rules([line.split("; there are only")[0] for line in lines]) == {name}


def test_a_waiver_is_good_on_its_last_day_and_not_after() -> None:
    today = datetime.now(UTC).date()
    yesterday = today - timedelta(days=1)
    assert _two_copies(until=today.isoformat()) == []
    (fault,) = _two_copies(until=yesterday.isoformat())
    assert fault.startswith(
        "waivers.0.until: the waiver of survives-one-host at object_store.copies was until"
    )


def test_a_waiver_by_the_old_number_works_and_says_the_name() -> None:
    with drafting():
        draft = valid.environment(
            object_store=valid.object_store(copies=2), waivers=[valid.waiver(rule="T305")]
        )
    fault, number = waived(EnvironmentSpec.model_validate(draft))
    assert "[survives-one-host]" in fault
    assert number == (
        "waivers.0.rule: 'T305' is the old number of a rule, which the next release refuses; "
        "write 'survives-one-host'"
    )


def test_a_waiver_by_the_old_number_is_refused_where_nothing_breaks_its_rule() -> None:
    (fault,) = _faults(waivers=[valid.waiver(rule="T305")])
    assert fault.startswith(
        "waivers.0.place: nothing breaks survives-one-host at 'object_store.copies'; "
    )


def test_a_waiver_excuses_one_place_and_no_other() -> None:
    (fault,) = _faults(
        object_store=valid.object_store(copies=2, gateways=1), waivers=[valid.waiver()]
    )
    assert fault.startswith("object_store.gateways: 1 gateway ")


def test_a_waiver_does_not_hide_a_fault_that_is_none_of_its_own() -> None:
    (fault,) = _faults(
        object_store=valid.object_store(copies=2),
        databases={"n8n": valid.database(backup=valid.backup(encryption="AES256"))},
        waivers=[valid.waiver()],
    )
    assert fault.endswith("[encryption-has-kms]")


def test_check_prints_what_is_waived_why_and_until_when(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    module = tmp_path / "waived.py"
    module.write_text(
        "from tests.valid import environment, object_store, waiver\n"
        "ENVIRONMENT = environment(object_store=object_store(copies=2), waivers=[waiver()])\n"
    )
    assert check([str(module)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{module}: ok, 1 database",
        f"{module}: waived until 2099-12-31: object_store.copies: 2 copies lose data with one or "
        "two hosts; write at least 3, or declare the environment disposable [survives-one-host]; "
        "there are only two hosts",
    ]


def test_only_judgements_about_a_whole_environment_can_be_waived() -> None:
    assert WAIVABLE
    assert {RULES[name].level for name, _ in WAIVABLE} == {"environment"}
    assert {name for name, _ in WAIVABLE} == {r.name for r in RULES.values() if r.waivable}
