"""databases.n8n.application.post_init_sql.0: is not SQL; write a statement, like 'create schema reports' [statement-holds-no-password]"""

from tests.valid import application, database, environment

ENVIRONMENT = environment(databases={"n8n": database(application=application(post_init_sql=[" "]))})
