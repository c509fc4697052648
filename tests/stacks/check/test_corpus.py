"""The modules in `bad/`: each has one fault, and its docstring is what `check` says of it."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from components.spec import Spec
from components.spec.rule import RULES
from stacks.environment import EnvironmentSpec
from tests import valid
from tests.stacks.check.corpus import BAD, HINTED, expected, faults, home, rules
from tests.support import ROOT

AS_COMMAND = [
    "database_among_rooks_objects",
    "schedule_of_six_fields",
    "waiver_of_another_place",
    "several_faults_at_once",
]


@pytest.mark.parametrize("module", BAD, ids=lambda module: module.stem)
def test_check_says_the_fault_and_its_mend(module: Path) -> None:
    assert faults(module) == expected(module)


@pytest.mark.parametrize("module", BAD, ids=lambda module: module.stem)
def test_each_line_is_a_place_a_fault_and_a_mend(module: Path) -> None:
    lines = expected(module)
    assert lines
    for line in lines:
        place, _, sentence = line.partition(": ")
        assert place, line
        assert "; " in sentence, line


def test_each_module_lies_in_the_folder_of_the_field_at_fault() -> None:
    elsewhere = [module for module in (*BAD, *HINTED) if module != home(module)]
    assert [
        f"{m.relative_to(ROOT)} belongs at {home(m).relative_to(ROOT)}" for m in elsewhere
    ] == []


def test_no_module_has_a_name_that_begins_with_an_article() -> None:
    """They are found by their names, which are sorted."""
    assert [m.stem for m in (*BAD, *HINTED) if m.stem.startswith(("a_", "an_"))] == []


@pytest.mark.parametrize("name", AS_COMMAND)
def test_the_command_says_the_same_and_fails(
    name: str, stacks: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    module = next(module for module in BAD if module.stem == name)
    done = stacks("check", str(module))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == expected(module)


@pytest.mark.parametrize(
    "spec",
    [
        valid.environment(),
        valid.environment(
            storage=valid.storage(disks=valid.named_nodes()), offsite=valid.offsite()
        ),
        valid.environment(storage=valid.existing_ceph(), gitops=valid.gitops()),
        valid.environment(bootstrap=valid.talos()),
        valid.environment(bootstrap=valid.tofu()),
        valid.environment(
            object_store=valid.object_store(kms=valid.kms()),
            databases={"n8n": valid.database(backup=valid.backup(encryption="AES256"))},
        ),
        valid.environment(
            databases={
                "n8n": valid.database(backup=valid.backup(bucket=valid.existing_bucket())),
                "two": valid.database("two"),
            }
        ),
        valid.environment(object_store=valid.object_store(copies=2), waivers=[valid.waiver()]),
    ],
    ids=lambda spec: ",".join(sorted(spec.model_fields_set)),
)
def test_what_the_corpus_changes_is_sound_before(spec: Spec) -> None:
    assert EnvironmentSpec.model_validate(spec) == spec


ENVIRONMENTS = ("value", "spec", "environment")
CHECKED = [name for name, rule in RULES.items() if rule.level in ENVIRONMENTS]


@pytest.mark.parametrize("name", CHECKED)
def test_a_rule_has_a_module_and_without_the_rule_its_line_is_gone(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    modules = [module for module in BAD if name in rules(expected(module))]
    assert modules, f"no module of bad/ breaks {name}"
    monkeypatch.delitem(RULES, name)
    for module in modules:
        assert name not in rules(_faults_without_a_rule(module))


def _faults_without_a_rule(module: Path) -> list[str]:
    """Return the faults that are found; none where what a rule keeps out breaks the check."""
    try:
        return faults(module)
    except (ValueError, KeyError, AttributeError):
        return []
