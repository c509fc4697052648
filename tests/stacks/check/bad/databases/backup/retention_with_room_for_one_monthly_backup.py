"""databases.n8n.backup: retention '30d' is shorter than an interval of schedule '0 2 1 * *', so at times the archive holds one base backup only; write at least '31d' [retention-spans-two-backups]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(backup=backup(schedule="0 2 1 * *", retention="30d"))}
)
