"""databases.n8n.parameters.wal_level: 'LOGICAL' is refused by CloudNativePG; write 'logical' [wal-level-is-in-lower-case]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"wal_level": "LOGICAL"})})
