"""databases.n8n.backup.bucket.bucket: 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb' has 64 characters; write at most 63 [bucket-name-is-valid]"""

from tests.valid import backup, claim, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(bucket=claim(bucket="b" * 64)))})
