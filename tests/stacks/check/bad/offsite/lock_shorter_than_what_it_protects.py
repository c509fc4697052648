"""offsite.lock: '30d' is shorter than databases.n8n keeps backups (retention '30d' plus one interval of '0 2 * * *'); write at least '31d' [offsite-lock-covers-retention]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(lock="30d"))
