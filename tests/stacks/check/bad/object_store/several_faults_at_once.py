"""object_store.gateways: True is a bool; write a whole number without quotes
databases.n8n.instances: '2' is a str; write a whole number without quotes
databases.n8n.backup.bucket.claim: is missing; write it: Name of the ObjectBucketClaim and of the Secret that Rook writes for it
databases.n8n.backup.bucket.clam: unknown field; did you mean 'claim'?
databases.n8n.backup.schedule: '0 2 * *' has 4 fields; write minute hour day month weekday [schedule-is-valid-cron]
"""

from tests.valid import LEFT_OUT, backup, claim, database, environment, object_store

ENVIRONMENT = environment(
    object_store=object_store(gateways=True),
    databases={
        "n8n": database(
            instances="2", backup=backup(schedule="0 2 * *", bucket=claim(claim=LEFT_OUT, clam="x"))
        )
    },
)
