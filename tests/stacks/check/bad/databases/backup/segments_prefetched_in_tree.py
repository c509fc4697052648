"""databases.n8n.backup.wal_fetch: with method 'in-tree' recoveries fetch one segment at a time; write 1 or leave it out [wal-is-prefetched-once]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(method="in-tree", wal_fetch=8))})
