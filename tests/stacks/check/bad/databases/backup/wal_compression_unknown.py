"""databases.n8n.backup.wal_compression: 'brotli' is not a choice; write 'bzip2', 'gzip', 'lz4', 'snappy', 'xz' or 'zstd', or leave it out"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(wal_compression="brotli"))})
