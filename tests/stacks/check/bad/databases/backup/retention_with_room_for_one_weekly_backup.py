"""databases.n8n.backup: retention '13d' is shorter than two intervals of schedule '0 2 * * 0', so one failed backup would leave none in the window; write at least '14d' [retention-spans-two-backups]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(backup=backup(schedule="0 2 * * 0", retention="13d"))}
)
