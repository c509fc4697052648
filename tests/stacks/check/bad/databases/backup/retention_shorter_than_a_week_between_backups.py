"""databases.n8n.backup: retention '6d' is shorter than an interval of schedule '0 3 * * 0', so at times the archive holds one base backup only; write at least '7d' [retention-spans-two-backups]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(backup=backup(schedule="0 3 * * 0", retention="6d"))}
)
