"""databases.n8n.extensions: unknown field; write it into 'application', which has it"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(extensions=["vector"])})
