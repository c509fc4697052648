"""databases.n8n.backup.wal_fetch: each of 4 wal_jobs would fetch 8 segments; leave wal_jobs out, or write 1 [wal-is-prefetched-once]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(wal_jobs=4, wal_fetch=8))})
