"""databases.n8n.database: 'n8n\\app' ends at a space or backslash in CloudNativePG's connection strings; write '-' or '_' for it [database-name-fits-connection-string]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(database="n8n\\app")})
