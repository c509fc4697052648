"""A faulty value hides no fault between the other values, and invents none."""

from typing import Any

import pytest

from components.postgres import DatabaseSpec, RoleSpec, TimersSpec
from tests.support import faults_of

DATABASE = "databases.n8n."


def _rules_of(changes: dict[str, Any]) -> list[str]:
    lines = faults_of({DATABASE + place: value for place, value in changes.items()})
    return [line.rpartition("[")[2].removesuffix("]") for line in lines]


@pytest.mark.parametrize(
    "faulty",
    [
        {"storage": "10GB"},
        {"parameters": {"archive_mode": "off"}},
        {"backup.schedule": "x"},
        {"objectives.rto": "soon"},
        {"instances": "2"},
    ],
    ids=lambda faulty: next(iter(faulty)),
)
def test_what_is_wrong_between_valid_values_is_said_beside_a_faulty_one(
    faulty: dict[str, Any],
) -> None:
    between = {
        "databases": {"app": DatabaseSpec(owner="nobody")},
        "roles": {"x": RoleSpec(in_roles=["createdb"])},
    }
    found = _rules_of(faulty | between)
    assert found.count("owners-and-groups-exist") == 2
    assert len(found) == 3


@pytest.mark.parametrize(
    ("faulty", "hidden"),
    [
        # Whether an owner exists is not known before the roles are valid.
        ({"roles": {'Ä"': RoleSpec()}}, {"databases": {"x": DatabaseSpec(owner="Ä")}}),
        ({"role": {"x": RoleSpec()}}, {"databases": {"y": DatabaseSpec(owner="x")}}),
        ({"owner": "pg_me"}, {"databases": {"x": DatabaseSpec(owner="me")}}),
        # Nor whether a volume holds WAL whose most may be another.
        ({"parameters": {"Max_Wal_Size": "64MB"}}, {"wal_storage": "1Gi"}),
    ],
    ids=["a role", "a misspelt field", "the owner", "parameters"],
)
def test_a_rule_that_needs_the_faulty_value_says_nothing(
    faulty: dict[str, Any], hidden: dict[str, Any]
) -> None:
    assert len(_rules_of(faulty | hidden)) == 1


def test_a_faulty_role_still_has_its_name() -> None:
    changes = {
        "roles": {"x": RoleSpec.model_construct(connection_limit=0)},
        "databases": {"y": DatabaseSpec(owner="x")},
    }
    (line,) = faults_of({DATABASE + place: value for place, value in changes.items()})
    assert line == "databases.n8n.roles.x.connection_limit: 0 is too small; write 1 or more"


def test_rules_of_a_spec_and_of_what_is_around_it_are_both_said() -> None:
    found = _rules_of(
        {
            "storage": "10GB",
            "timers": TimersSpec.model_construct(stop="10s"),
            "wal_storage_class": "fast",
        }
    )
    assert sorted(found) == [
        "size-has-binary-unit",
        "smart-shutdown-ends-before-stop",
        "wal-class-has-volume",
    ]


def test_one_faulty_parameter_hides_none_of_the_others() -> None:
    given = {"port": "5433", "fsync": "off", "work_mem": "64Mi", "wrok_mem": "1MB"}
    assert sorted(_rules_of({"parameters": given})) == [
        "parameter-fits-postgresql",
        "parameter-fits-postgresql",
        "parameter-is-not-managed",
        "parameters-keep-durability",
    ]


def test_what_an_environment_asks_of_a_database_is_said_beside_its_faults() -> None:
    faulty = {"parameters": {"port": "5433"}, "instances": 1, "storage": "1Gi"}
    assert _rules_of(faulty) == [
        "parameter-is-not-managed",
        "database-has-replica",
        "volume-holds-wal",
    ]


def test_what_an_environment_asks_of_a_faulty_value_is_not_invented() -> None:
    faulty = {
        "instances": 0,
        "storage": "1GB",
        "backup.retention": "1",
        "backup.bucket.bucket": "A",
    }
    assert len(_rules_of(faulty)) == len(faulty)
