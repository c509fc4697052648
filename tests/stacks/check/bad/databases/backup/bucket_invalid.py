"""databases.n8n.backup.bucket: None is not a BucketClaimSpec; write BucketClaimSpec(...) or ExistingBucketSpec(...)"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(bucket=None))})
