"""databases.n8n.backup.schedule: '0 2,4 * * *' is due again after 2 h, but a base backup of '1Ti' takes 7 h with lz4; write a longer interval [base-backup-ends-before-next]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(storage="1Ti", backup=backup(schedule="0 2,4 * * *"))}
)
