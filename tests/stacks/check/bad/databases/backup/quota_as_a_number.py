"""databases.n8n.backup.bucket.quota: 500 is an int; write text in quotes"""

from tests.valid import backup, claim, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(bucket=claim(quota=500)))})
