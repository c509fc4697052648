"""databases.n8n.database: 'nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn' has 64 characters; write at most 63 [identifier-needs-no-quotes]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(database="n" * 64)})
