"""databases.n8n.image_pull_secrets: the Secret 'n8n-backups' in namespace 'n8n-prod' is Rook's own, for databases.n8n.backup; choose another name [secret-has-one-writer]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(image_pull_secrets=["n8n-backups"])})
