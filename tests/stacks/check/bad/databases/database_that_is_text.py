"""databases.n8n: 'ghcr.io/cloudnative-pg/postgresql:17.6' is not a PostgresSpec; write PostgresSpec(...)"""

from tests.valid import environment

ENVIRONMENT = environment(databases={"n8n": "ghcr.io/cloudnative-pg/postgresql:17.6"})
