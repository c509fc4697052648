"""The owner is declared once, and a role loses nothing without a word."""

from typing import Any

import pytest

from stacks.check import judged
from tests.stacks.adopt.cases import adopted, cluster, other, said


def _role(**fields: Any) -> dict[str, Any]:
    return cluster(
        managed={"roles": [{"name": "app", "login": True} | fields]},
        bootstrap={"initdb": {"database": "app", "owner": "app"}},
    )


def test_a_managed_role_of_the_owner_becomes_the_owners_secret() -> None:
    made = adopted(_role(passwordSecret={"name": "app-login"}))
    database = judged(made.environment).databases["orders"]
    assert (database.owner_secret, dict(database.roles)) == ("app-login", {})
    assert "roles[0]: 'app' is the owner, which is declared as such" in said(made, "changed")
    assert "roles" not in said(made, "kept out")


def test_what_a_role_loses_is_said() -> None:
    made = adopted(_role(name="job", createdb=True, comment="x", inherit=False, superuser=True))
    assert "job" in judged(made.environment).databases["orders"].roles
    lines = said(made, "kept out") + said(made, "changed")
    assert "roles[0].createdb: has no word, so CloudNativePG takes it from the role" in lines
    assert "roles[0].comment: has no word, so CloudNativePG empties it" in lines
    assert "roles[0].inherit: false becomes true" in lines
    assert "roles[0].superuser: true becomes false" in lines


def test_a_role_that_logs_in_without_a_secret_still_does() -> None:
    made = adopted(_role(name="job", disablePassword=True))
    (role,) = judged(made.environment).databases["orders"].roles.values()
    assert role.login
    assert "login" not in said(made, "changed")
    assert "roles[0].disablePassword: has no word; it has no password" in said(made, "kept out")


def test_a_database_role_becomes_a_role_of_the_cluster() -> None:
    of = {"cluster": {"name": "orders"}, "login": True}
    owned = {"cluster": {"name": "orders"}, "owner": "wiki"}
    made = adopted(
        _role(name="twice", passwordSecret={"name": "inline"}),
        other("DatabaseRole", "wiki", **of, passwordSecret={"name": "wiki"}, createdb=True),
        other("DatabaseRole", "twice", **of, passwordSecret={"name": "standing"}),
        other("DatabaseRole", "certified", **of, clientCertificate={"enabled": True}),
        other("DatabaseRole", "app", **of),
        other("Database", "wiki", **owned),
    )
    database = judged(made.environment).databases["orders"]
    passwords = {name: it.password_secret for name, it in database.roles.items()}
    assert passwords == {"twice": "inline", "wiki": "wiki"}
    assert database.databases["wiki"].owner == "wiki"
    stays = [it for it in said(made, "changed").splitlines() if "DatabaseRole" in it]
    assert [
        it.partition(": stays, and becomes a role of the Cluster")[1] != "" for it in stays
    ] == [
        True,
        True,
    ]
    for name in ("certified", "app"):
        line = f"DatabaseRole shop/{name}: stays as it is, and is not declared"
        assert line in said(made, "kept out")
    assert "createdb: has no word, so CloudNativePG takes it" in said(made, "kept out")


@pytest.mark.parametrize("login", [True, False])
def test_a_role_whose_secret_is_kept_out_logs_in_as_it_did(*, login: bool) -> None:
    """A password that PostgreSQL has stays; one without a login is left as it is."""
    made = adopted(_role(name="job", passwordSecret={"name": "orders-app"}, login=login))
    roles = judged(made.environment).databases["orders"].roles.values()
    assert [(it.password_secret, it.login) for it in roles] == [(None, True)] * login
    assert "roles.job.password_secret: 'orders-app' belongs to" in said(made, "kept out")
