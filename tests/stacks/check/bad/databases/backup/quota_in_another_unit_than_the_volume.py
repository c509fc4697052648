"""databases.n8n.backup.bucket.quota: '500Gi' does not hold a base backup of a volume of '1Ti', and a full bucket stops archiving; write a larger quota, or leave it out [quota-holds-base-backup]"""

from tests.valid import backup, claim, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(storage="1Ti", backup=backup(bucket=claim(quota="500Gi")))}
)
