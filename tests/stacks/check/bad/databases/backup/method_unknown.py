"""databases.n8n.backup.method: 'pgbackrest' is not a choice; write 'plugin' or 'in-tree'"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(method="pgbackrest"))})
