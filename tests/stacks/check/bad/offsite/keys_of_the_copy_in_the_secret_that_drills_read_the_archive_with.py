"""offsite.secret: the Secret 'n8n-archive-reader' in namespace 'tier0-drills' is that of the drills of databases.n8n; choose another name [secret-has-one-writer]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(secret="n8n-archive-reader"))
