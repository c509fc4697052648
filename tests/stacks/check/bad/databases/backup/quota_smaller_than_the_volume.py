"""databases.n8n.backup.bucket.quota: '5Gi' does not hold a base backup of a volume of '10Gi', and a full bucket stops archiving; write a larger quota, or leave it out [quota-holds-base-backup]"""

from tests.valid import backup, claim, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(bucket=claim(quota="5Gi")))})
