"""databases.n8n.backup.data_compression: the Barman in 'ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie' has no lz4 for base backups, so each upload fails; write 'snappy', or write method 'plugin' [in-tree-barman-knows-compression]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(backup=backup(method="in-tree", data_compression="lz4"))}
)
