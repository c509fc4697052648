"""databases.n8n.backup.wal_level: 12 is not a level of gzip; write 1 to 9 [wal-level-fits-compression]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(backup=backup(wal_compression="gzip", wal_level=12))}
)
