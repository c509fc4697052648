"""databases.n8n.backup.data_compression: gzip makes a base backup at 4 MB/s, 45 min for a full volume; snappy is ten times as fast and twice as large [compression-is-faster-than-gzip]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(backup=backup(method="in-tree", data_compression="gzip"))}
)
