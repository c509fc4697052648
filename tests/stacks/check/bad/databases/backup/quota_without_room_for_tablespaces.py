"""databases.n8n.backup.bucket.quota: '50Gi' does not hold a base backup of a volume of '110Gi', and a full bucket stops archiving; write a larger quota, or leave it out [quota-holds-base-backup]"""

from tests.valid import backup, claim, database, environment, tablespace

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            tablespaces={"cold": tablespace()}, backup=backup(bucket=claim(quota="50Gi"))
        )
    }
)
