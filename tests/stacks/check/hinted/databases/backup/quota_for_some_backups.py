"""databases.n8n.backup.bucket.quota: '50Gi' holds 5 base backups of a full volume, and '30d' keeps 31; a full bucket stops archiving [quota-holds-retained-backups]"""

from tests.valid import backup, claim, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(bucket=claim(quota="50Gi")))})
