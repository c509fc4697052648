"""`pulumi up` of an environment leads to databases that archive, on a real cluster."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.lab.conftest import Claim
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.environment import Change, Environment
from tools.lab.databases.load import load

pytestmark = pytest.mark.group("legacy")


@pytest.mark.smoke
def test_up_returns_when_every_database_archives(
    n8n: Deployed, legacy: Deployed, environment: Environment, claim: Claim
) -> None:
    for database in (n8n, legacy):
        assert database.condition("Ready") == "True"
        assert database.condition("ContinuousArchiving") == "True"
        assert database.sql("select last_archived_wal from pg_stat_archiver")
    claim("pulumi up, from the operators to archiving databases", environment.took, "s")


def test_a_second_up_changes_nothing(
    environment: Environment, deployed: Change, claim: Claim
) -> None:
    assert deployed.said
    again = environment.up()
    assert again.nothing, again.said
    claim("pulumi up without a change", again.seconds, "s")


def test_declared_roles_and_databases_are_in_postgresql(n8n: Deployed, claim: Claim) -> None:
    owner = "select pg_get_userbyid(datdba) from pg_database where datname = 'events'"
    assert n8n.sql(owner) == "reporting"
    role = "select rolconnlimit, pg_has_role(rolname, 'pg_read_all_data', 'member'), rolsuper"
    assert n8n.sql(f"{role} from pg_roles where rolname = 'reporting'") == "3|t|f"
    setting = n8n.sql("show log_min_duration_statement")
    assert setting == "10s"
    claim("a parameter, as PostgreSQL has it", setting, "")


def test_an_application_reaches_the_primary_by_its_service_and_a_verified_certificate(
    n8n: Deployed, claim: Claim
) -> None:
    with load(n8n) as writer:
        claim("rows acknowledged over verify-full", len(writer.acknowledged()), "rows")


def test_the_next_base_backup_is_at_two_tomorrow(n8n: Deployed, claim: Claim) -> None:
    path = f"/apis/postgresql.cnpg.io/v1/namespaces/{n8n.namespace}/scheduledbackups"
    found = n8n.lab.get(f"{path}/{n8n.name}-backup")
    assert found
    now = datetime.now(UTC)
    two = now.replace(hour=2, minute=0, second=0, microsecond=0)
    expected = two if now < two else two + timedelta(days=1)
    # What a five-field expression read as six would say: two minutes past each hour.
    assert found["status"]["nextScheduleTime"] == expected.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert found["spec"]["schedule"] == "0 0 2 * * *"
    claim("CloudNativePG's own next time", found["status"]["nextScheduleTime"], "")
