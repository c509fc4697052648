"""databases.n8n.application.post_init_sql: 'create schema sales' is a str; write a list, like ['create schema sales']"""

from tests.valid import application, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(application=application(post_init_sql="create schema sales"))}
)
