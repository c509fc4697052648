"""databases.n8n.backup.wal_compression: after a failover an in-tree restore may take a segment's '.partial' with snappy and end early; with gzip it takes the whole one [in-tree-restore-takes-whole-segments]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(backup=backup(method="in-tree", wal_compression="snappy"))}
)
