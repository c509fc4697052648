"""databases.n8n.parameters.max_wal_size: '1e3MB' is a size that CloudNativePG reads differently or refuses; write '1000MB' [compared-size-is-plain]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"max_wal_size": "1e3MB"})})
