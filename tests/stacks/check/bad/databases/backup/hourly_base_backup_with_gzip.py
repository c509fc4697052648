"""databases.n8n.backup.schedule: '0 * * * *' is due again after 60 min, but a base backup of '20Gi' takes 89 min with gzip; write a longer interval, or lz4 [base-backup-ends-before-next]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            storage="20Gi", backup=backup(schedule="0 * * * *", data_compression="gzip")
        )
    }
)
