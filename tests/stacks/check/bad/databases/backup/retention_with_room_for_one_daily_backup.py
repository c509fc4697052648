"""databases.n8n.backup: retention '1d' is shorter than two intervals of schedule '0 2 * * *', so one failed backup would leave none in the window; write at least '2d' [retention-spans-two-backups]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(retention="1d"))})
