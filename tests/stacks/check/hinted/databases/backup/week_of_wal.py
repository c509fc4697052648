"""databases.n8n.backup.schedule: up to 2520 WAL segments lie between two base backups, and replaying them at 3 s each takes 2 h, more than the RTO '1h'; a shorter interval leaves less to replay [wal-replay-fits-rto]"""

from tests.valid import backup, database, environment, objectives

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            objectives=objectives(rto="1h"), backup=backup(schedule="0 2 * * 0", wal_fetch=1)
        )
    }
)
