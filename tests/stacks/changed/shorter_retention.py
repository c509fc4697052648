"""ObjectStore n8n-prod/n8n-postgres: spec.retentionPolicy: '30d' becomes '1w', so base backups from before that are deleted within minutes, with their WAL; copy what is still needed first [shorter-retention-deletes-what-is-older]"""

from tests.valid import backup, database, environment

BEFORE = environment(databases={"n8n": database()})
AFTER = environment(databases={"n8n": database(backup=backup(retention="1w"))})
