"""databases.n8n.backup.bucket: is missing; write it: Where the archive is"""

from tests.valid import LEFT_OUT, backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(bucket=LEFT_OUT))})
