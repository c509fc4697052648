"""databases.n8n.backup.schedule: up to 360 WAL segments lie between two base backups, and replaying them at 3 s each takes 18 min, more than the RTO '15m'; a shorter interval leaves less to replay [wal-replay-fits-rto]"""

from tests.valid import backup, database, environment, objectives

ENVIRONMENT = environment(
    databases={
        "n8n": database(objectives=objectives(rpo="5m", rto="15m"), backup=backup(wal_fetch=1))
    }
)
