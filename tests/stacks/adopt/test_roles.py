"""The owner is declared once, and a role loses nothing without a word."""

from typing import Any

from stacks.check import judged
from tests.stacks.adopt.cases import adopted, cluster, said


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
