"""The environment of instances, and how the primary is updated."""

from typing import Any

import pytest

from components.postgres.clone import clone_spec
from tests import valid
from tests.support import declared

OURS = ("AWS_REQUEST_CHECKSUM_CALCULATION", "AWS_RESPONSE_CHECKSUM_VALIDATION", "AWS_MAX_ATTEMPTS")


def _clusters(**changes: Any) -> list[dict[str, Any]]:
    environment = valid.environment(databases={"n8n": valid.database(**changes)})
    return [it["spec"] for it in declared(environment).manifests() if it["kind"] == "Cluster"]


def test_every_generation_has_the_environment() -> None:
    found = _clusters(env={"TZ": "Etc/UTC"}, generations=[valid.restore()], active=2)
    assert [it["env"] for it in found] == [[{"name": "TZ", "value": "Etc/UTC"}]] * 2


def test_in_tree_it_comes_after_that_of_the_archive() -> None:
    archived = valid.backup(bucket=valid.claim(), method="in-tree")
    (found,) = _clusters(env={"TZ": "Etc/UTC"}, backup=archived)
    assert [it["name"] for it in found["env"]] == [*OURS, "TZ"]


@pytest.mark.parametrize(
    ("origin", "names"),
    [
        ({"plugin": {"parameters": {"barmanObjectName": "s"}}}, ["TZ"]),
        ({"barmanObjectStore": {}}, [*OURS, "TZ"]),
    ],
    ids=["plugin", "in-tree"],
)
def test_a_clone_has_it_too(origin: dict[str, Any], names: list[str]) -> None:
    spec = valid.database(env={"TZ": "Etc/UTC"})
    made = clone_spec(spec, image=spec.image, origin=origin, target={}, superuser=False)
    assert [it["name"] for it in made["env"]] == names


def test_nothing_is_said_of_the_environment_where_there_is_none() -> None:
    (found,) = _clusters()
    assert found.keys() & {"env", "primaryUpdateMethod"} == set()


def test_the_primary_is_updated_as_it_is_said() -> None:
    found = _clusters(primary_update_method="switchover", generations=[valid.restore()], active=2)
    assert [it["primaryUpdateMethod"] for it in found] == ["switchover"] * 2
