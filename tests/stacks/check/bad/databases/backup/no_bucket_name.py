"""databases.n8n.backup.bucket.bucket: is missing; write it: Name of the bucket"""

from tests.valid import LEFT_OUT, backup, claim, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(bucket=claim(bucket=LEFT_OUT)))})
