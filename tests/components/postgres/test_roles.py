"""Roles as PostgreSQL takes them: groups, and its own roles of each major version."""

import re

import pytest

from components.postgres import PostgresSpec, RoleSpec
from components.postgres.roles import database_name, managed_roles, predefined_fault
from tests import valid

OF_15 = [
    "pg_checkpoint",
    "pg_monitor",
    "pg_read_all_data",
    "pg_signal_backend",
    "pg_write_all_data",
]


def _image(major: int) -> str:
    return f"ghcr.io/cloudnative-pg/postgresql:{major}.1-system-trixie"


@pytest.mark.parametrize("major", [15, 16, 17, 18])
def test_a_role_may_be_in_each_predefined_role_of_its_major_version(major: int) -> None:
    spec = valid.database(image=_image(major), roles={"a": RoleSpec(in_roles=OF_15)})
    assert PostgresSpec.model_validate(spec) == spec


@pytest.mark.parametrize(
    ("name", "since"),
    [
        ("pg_read_all_data", 14),
        ("pg_checkpoint", 15),
        ("pg_use_reserved_connections", 16),
        ("pg_create_subscription", 16),
        ("pg_maintain", 17),
        ("pg_signal_autovacuum_worker", 18),
    ],
)
def test_a_predefined_role_is_there_from_its_major_version_on(name: str, since: int) -> None:
    assert predefined_fault(name, since) is None
    assert f"exists from PostgreSQL {since} on" in str(predefined_fault(name, since - 1))


def test_a_version_newer_than_the_table_may_have_others() -> None:
    assert predefined_fault("pg_something_new", 19) is None
    assert predefined_fault("pg_something_new", 18) is not None


def test_groups_that_meet_again_are_no_circle() -> None:
    roles = {
        "a": RoleSpec(in_roles=["b", "c", "app"]),
        "b": RoleSpec(in_roles=["d"]),
        "c": RoleSpec(in_roles=["d", "app"]),
        "d": RoleSpec(in_roles=["pg_monitor"]),
    }
    spec = valid.database(roles=roles)
    assert PostgresSpec.model_validate(spec) == spec


def test_objects_of_databases_that_look_alike_have_names_that_kubernetes_takes() -> None:
    names = ["App", "app", "APP", "Ünï", "a.b", "a$b", "-", "9", "a_b", "$$", "x" * 63]
    objects = [database_name("orders", name) for name in names]
    assert len(set(objects)) == len(names)
    for found in objects:
        assert re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", found), found


def test_a_name_that_needs_no_quotes_keeps_its_object() -> None:
    assert database_name("orders", "reports_") == "orders-reports--db"
    assert database_name("orders", "eu_x") == "orders-eu-x-db"


@pytest.mark.parametrize(
    ("role", "login"),
    [
        (RoleSpec(), False),
        (RoleSpec(login=True), True),
        (RoleSpec(password_secret="job"), True),
        (RoleSpec(password_secret="job", login=True), True),
    ],
)
def test_a_role_may_log_in_with_a_secret_or_without(role: RoleSpec, *, login: bool) -> None:
    (found,) = managed_roles({"job": role})["managed"]["roles"]
    assert found["login"] is login
    assert ("passwordSecret" in found) == (role.password_secret is not None)
