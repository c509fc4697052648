"""Database n8n-prod/n8n-postgres-x-db: spec.extensions.pg_trgm: 'pg_trgm' stays in the database; drop the extension by hand once nothing uses it [contents-stay-in-the-database]"""

from tests.valid import database, environment, further

BEFORE = environment(databases={"n8n": database(databases={"x": further(extensions=["pg_trgm"])})})
AFTER = environment(databases={"n8n": database(databases={"x": further()})})
