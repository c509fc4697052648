"""databases.n8n.backup.wal_level: snappy has no levels; leave it out [wal-level-fits-compression]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(backup=backup(wal_compression="snappy", wal_level=1))}
)
