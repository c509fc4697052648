"""databases.n8n.tablespaces.pg_cold: 'pg_cold' begins with 'pg_', which PostgreSQL reserves; choose another name [tablespace-name-is-a-volumes]"""

from tests.valid import database, environment, tablespace

ENVIRONMENT = environment(databases={"n8n": database(tablespaces={"pg_cold": tablespace()})})
