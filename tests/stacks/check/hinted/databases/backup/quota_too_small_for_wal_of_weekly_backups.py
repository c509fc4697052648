"""databases.n8n.backup.bucket.quota: '100Gi' leaves 50.0 GB besides the base backups of a full volume, and '30d' keeps up to 208.1 GB of WAL, 5.6 GB a day uncompressed; a full bucket stops archiving [quota-holds-retained-wal]"""

from tests.valid import backup, claim, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(backup=backup(schedule="0 2 * * 0", bucket=claim(quota="100Gi")))}
)
