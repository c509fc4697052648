"""offsite.lock: '30d' is shorter than databases.n8n keeps backups (retention '4w' plus one interval of '0 2 * * 0'); write at least '35d' [offsite-lock-covers-retention]"""

from tests.valid import backup, database, environment, offsite

ENVIRONMENT = environment(
    offsite=offsite(lock="30d"),
    databases={"n8n": database(backup=backup(schedule="0 2 * * 0", retention="4w"))},
)
