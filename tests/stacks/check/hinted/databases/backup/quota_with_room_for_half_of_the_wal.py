"""databases.n8n.backup.bucket.quota: '400Gi' leaves 90.0 GB besides the base backups of a full volume, and '30d' keeps up to 174.4 GB of WAL, 5.6 GB a day uncompressed; a full bucket stops archiving [quota-holds-retained-wal]"""

from tests.valid import backup, claim, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(bucket=claim(quota="400Gi")))})
