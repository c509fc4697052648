"""databases.n8n.backup.jobs: 64 is too large; write 1 to 32"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(jobs=64))})
