"""databases.n8n.backup.schedule: '*/5 * * * *' is due again after 5 min, but a base backup of '50Gi' takes 22 min with lz4; write a longer interval [base-backup-ends-before-next]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(storage="50Gi", backup=backup(schedule="*/5 * * * *"))}
)
