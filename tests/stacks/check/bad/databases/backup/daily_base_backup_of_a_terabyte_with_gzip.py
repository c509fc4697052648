"""databases.n8n.backup.schedule: '0 2 * * *' is due again after 24 h, but a base backup of '1Ti' takes 76 h with gzip; write a longer interval, or lz4 [base-backup-ends-before-next]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(storage="1Ti", backup=backup(data_compression="gzip"))}
)
