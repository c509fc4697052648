"""databases.n8n.backup.encryption: '' is not a choice; write 'AES256', or leave it out"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(encryption=""))})
