"""Cluster n8n-prod/n8n-postgres: spec.bootstrap.initdb.postInitApplicationSQL: the statements changed, and none of them is run, as the database exists; run by hand what is new [sql-at-creation-is-run-once]"""

from tests.valid import application, database, environment

BEFORE = environment(
    databases={"n8n": database(application=application(post_init_sql=["create schema sales"]))}
)
AFTER = environment(
    databases={"n8n": database(application=application(post_init_sql=["create schema reports"]))}
)
