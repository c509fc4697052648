"""databases.n8n.backup.jobs: 0 is too small; write 1 to 32"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(jobs=0))})
