"""databases.n8n.application.extensions: CloudNativePG drops 'pg_stat_statements' while no parameter of it is set; set one, like 'pg_stat_statements.track' [created-extension-is-loaded]"""

from tests.valid import application, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(application=application(extensions=["pg_stat_statements"]))}
)
