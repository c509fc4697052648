"""databases.n8n.backup.schedule: '* * * * *' is due again after 60 s, but a base backup of '10Gi' takes 4 min with lz4; write a longer interval [base-backup-ends-before-next]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(schedule="* * * * *"))})
