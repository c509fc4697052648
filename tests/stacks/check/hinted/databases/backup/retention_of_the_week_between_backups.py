"""databases.n8n.backup.retention: '7d' spans one interval of '0 3 * * 0', so a base backup that fails leaves one; '14d' spans two [failed-backup-leaves-two]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(backup=backup(schedule="0 3 * * 0", retention="7d"))}
)
