"""databases.n8n.backup.bucket.claim: is missing; write it: Name of the ObjectBucketClaim and of the Secret that Rook writes for it"""

from tests.valid import LEFT_OUT, backup, claim, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(bucket=claim(claim=LEFT_OUT)))})
