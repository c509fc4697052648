"""What the tests build on: environments that are changed, and modules that are written."""

from pathlib import Path

import pytest

from components.postgres import PostgresSpec
from components.spec import drafting
from stacks.check import environments, load
from stacks.environment import EnvironmentSpec
from tests import sites, valid
from tests.support import faults_of, to_module


@pytest.mark.parametrize("name", environments())
def test_an_environment_without_a_change_is_the_one_that_is_deployed(name: str) -> None:
    edited, deployed = valid.edited(name), load(name)
    assert edited.model_dump(exclude_unset=True) == deployed.model_dump(exclude_unset=True)


def test_a_change_at_a_place_that_is_not_there_tests_nothing() -> None:
    with pytest.raises(KeyError, match="n9n"):
        valid.homelab({"databases.n9n.instances": 1})


def test_every_field_of_a_database_is_chosen_where_every_choice_is_made() -> None:
    chosen = [it.databases["orders"] for it in (valid.every_choice(), valid.restored())]
    chosen += valid.of_postgresql().databases.values()
    chosen += [valid.database(import_from=valid.importing()), sites.STATES["leads"]]
    left = [
        name
        for name, field in PostgresSpec.model_fields.items()
        if not field.is_required() and all(getattr(it, name) == field.default for it in chosen)
    ]
    assert left == [], "choose it in valid.every_choice, or where this test looks"


def test_a_value_that_is_left_out_is_missing() -> None:
    (fault,) = faults_of({"databases.n8n.backup.schedule": valid.LEFT_OUT})
    assert fault.startswith("databases.n8n.backup.schedule: ")


@pytest.mark.parametrize(
    "environment",
    [
        valid.every_choice(),
        valid.restored(),
        valid.environment(bootstrap=valid.talos(), waivers=[]),
        valid.environment(object_store=valid.object_store(copies=2), waivers=[valid.waiver()]),
    ],
    ids=["every choice", "restored", "Talos", "waived"],
)
def test_a_module_that_is_written_is_read_as_the_same_environment(
    environment: EnvironmentSpec, tmp_path: Path
) -> None:
    assert load(str(to_module(environment, tmp_path / "written.py"))) == environment


def test_a_module_may_be_of_a_draft_with_faults(tmp_path: Path) -> None:
    with drafting():
        draft = valid.homelab({"databases.n8n.instances": 0})
    text = to_module(draft, tmp_path / "written.py").read_text()
    assert "instances=0," in text
