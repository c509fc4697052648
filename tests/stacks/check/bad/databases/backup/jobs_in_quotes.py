"""databases.n8n.backup.jobs: '4' is a str; write a whole number without quotes"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(jobs="4"))})
