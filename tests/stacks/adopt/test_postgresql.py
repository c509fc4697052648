"""What PostgreSQL loads is loaded afterwards too."""

from stacks.check import judged
from tests.stacks.adopt.cases import adopted, cluster, said


def test_what_cloudnative_pg_loads_itself_is_loaded_because_of_a_parameter() -> None:
    libraries = ["pg_stat_statements", "pg_cron", "pgaudit.so"]
    given = {"shared_preload_libraries": libraries, "parameters": {"pgaudit.log": "ddl"}}
    image = "ghcr.io/example/postgresql:17.6"
    made = adopted(cluster(postgresql=given, imageName=image))
    database = judged(made.environment).databases["orders"]
    assert database.shared_preload_libraries == ["pg_cron"]
    assert database.parameters == {"pgaudit.log": "ddl", "pg_stat_statements.track": "top"}
    assert "loads pg_stat_statements and pgaudit itself, because of pg_stat_statements.track" in (
        said(made, "changed")
    )


def test_the_database_of_a_recovered_cluster_is_asked_for_where_nothing_names_it() -> None:
    for named, asked in (({}, True), ({"database": "wiki"}, False)):
        made = adopted(cluster(bootstrap={"recovery": {"source": "old"} | named}))
        assert ("recovery.database: is not there" in said(made, "fill in")) is asked
