"""databases.n8n.parameters: 'archive_timeout' follows from objectives.rpo; write that instead [parameter-is-not-managed]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"archive_timeout": "30s"})})
