"""databases.n8n.backup.retention: '1d' spans one interval of '0 2 * * *', so a base backup that fails leaves one; '2d' spans two [failed-backup-leaves-two]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(retention="1d"))})
