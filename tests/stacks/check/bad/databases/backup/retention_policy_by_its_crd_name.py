"""databases.n8n.backup.retentionPolicy: unknown field; did you mean 'retention'?"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(retentionPolicy="30d"))})
