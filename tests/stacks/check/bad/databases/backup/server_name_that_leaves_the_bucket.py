"""databases.n8n.backup.server_name: '..' is not a server name; write letters, digits, '-', '_' and '.', first a letter or digit [archive-folder-is-plain]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(server_name=".."))})
