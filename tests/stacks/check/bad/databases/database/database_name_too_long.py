"""databases.n8n.database: 'nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn' has 64 bytes; write at most 63 [identifier-is-usable]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(database="n" * 64)})
