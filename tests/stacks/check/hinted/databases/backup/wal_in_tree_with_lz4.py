"""databases.n8n.backup.wal_compression: lz4 needs Barman 3.12 in the image, or no WAL is archived; gzip works with each [in-tree-barman-is-new-enough]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(backup=backup(method="in-tree", wal_compression="lz4"))}
)
