"""Cluster n8n-prod/n8n-postgres: spec.bootstrap.initdb.database: 'app' is not renamed to 'shop', as it is read only when the database is created; write 'app', or add 'shop' to databases [initial-database-stays]"""

from tests.valid import database, environment

BEFORE = environment(databases={"n8n": database(database="app")})
AFTER = environment(databases={"n8n": database(database="shop")})
