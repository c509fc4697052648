"""databases.n8n.import_from.ca_secret: the Secret 'n8n-backups' in namespace 'n8n-prod' is Rook's own, for databases.n8n.backup; choose another name [secret-has-one-writer]"""

from tests.valid import database, environment, importing

ENVIRONMENT = environment(
    databases={"n8n": database(import_from=importing(ca_secret="n8n-backups"))}
)
