"""databases.n8n.backup.bucket.clam: unknown field; did you mean 'claim'?"""

from tests.valid import backup, claim, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(bucket=claim(clam="x")))})
