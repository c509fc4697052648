"""databases.n8n.parameters.min_wal_size: '100MB ' is a size that CloudNativePG reads differently or refuses; write '100MB' [compared-size-is-plain]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"min_wal_size": "100MB "})})
