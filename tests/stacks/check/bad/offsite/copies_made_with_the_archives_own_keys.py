"""offsite.secret: 'n8n-backups' holds the keys of databases.n8n's archive, which may delete; write another Secret, with keys that may not [offsite-keys-differ-from-archive-keys]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(secret="n8n-backups"))
