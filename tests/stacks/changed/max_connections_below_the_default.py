"""Cluster n8n-prod/n8n-postgres: spec.postgresql.parameters.max_connections: '100' becomes '50', which restarts the primary first, and an old primary may not start after a switchover meanwhile; apply it while all instances are ready [enforced-parameter-restarts-the-primary-first]"""

from tests.valid import database, environment

BEFORE = environment(databases={"n8n": database()})
AFTER = environment(databases={"n8n": database(parameters={"max_connections": "50"})})
