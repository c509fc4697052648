"""Cluster n8n-prod/n8n-postgres: spec.bootstrap.initdb.owner: 'app' is not renamed to 'shop', as it is read only when the database is created; write 'app', or add 'shop' to roles [initial-database-stays]"""

from tests.valid import database, environment

BEFORE = environment(databases={"n8n": database(owner="app")})
AFTER = environment(databases={"n8n": database(owner="shop")})
