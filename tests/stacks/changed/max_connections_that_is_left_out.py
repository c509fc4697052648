"""Cluster n8n-prod/n8n-postgres: spec.postgresql.parameters.max_connections: without it replicas do not start while they replay WAL from '200'; write '100' [enforced-parameter-is-not-left-out]"""

from tests.valid import database, environment

BEFORE = environment(databases={"n8n": database(parameters={"max_connections": "200"})})
AFTER = environment(databases={"n8n": database()})
