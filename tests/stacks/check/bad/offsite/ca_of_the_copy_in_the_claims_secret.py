"""offsite.ca_secret: the Secret 'n8n-backups' in namespace 'n8n-prod' is Rook's own, for databases.n8n.backup; choose another name [secret-has-one-writer]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(ca_secret="n8n-backups"))
