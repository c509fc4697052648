"""databases.n8n.backup.bucket.quota: '8192Pi' is more than Kubernetes counts; write at most '8191Pi' [size-has-binary-unit]"""

from tests.valid import backup, claim, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(bucket=claim(quota="8192Pi")))})
