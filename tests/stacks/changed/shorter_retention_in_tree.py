"""Cluster n8n-prod/n8n-postgres: spec.backup.retentionPolicy: '3m' becomes '30d', so base backups from before that are deleted within minutes, with their WAL; copy what is still needed first [shorter-retention-deletes-backups]"""

from tests.valid import backup, database, environment

BEFORE = environment(
    databases={
        "n8n": database(backup=backup(method="in-tree", data_compression="gzip", retention="3m"))
    }
)
AFTER = environment(
    databases={"n8n": database(backup=backup(method="in-tree", data_compression="gzip"))}
)
