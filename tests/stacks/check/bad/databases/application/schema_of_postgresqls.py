"""databases.n8n.application.schemas.pg_sales: 'pg_sales' is reserved by PostgreSQL; choose another name [schema-is-not-reserved]"""

from tests.valid import application, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(application=application(schemas={"pg_sales": "app"}))}
)
