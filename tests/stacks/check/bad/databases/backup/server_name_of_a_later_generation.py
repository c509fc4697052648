"""databases.n8n.backup.server_name: 'n8n-postgres-g2' is the folder of a later generation of 'n8n-postgres'; write another cluster, or move the archive [archive-folder-is-of-no-generation]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(server_name="n8n-postgres-g2"))})
