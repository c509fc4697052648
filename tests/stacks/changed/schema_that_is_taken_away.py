"""Database n8n-prod/n8n-postgres-app-db: spec.schemas.sales: 'sales' stays in the database; drop the schema by hand once nothing uses it [contents-stay-in-the-database]"""

from tests.valid import application, database, environment

BEFORE = environment(databases={"n8n": database(application=application(schemas={"sales": "app"}))})
AFTER = environment(databases={"n8n": database(application=application())})
