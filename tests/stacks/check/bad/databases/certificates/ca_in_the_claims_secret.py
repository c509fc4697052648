"""databases.n8n.certificates.server_ca_secret: the Secret 'n8n-backups' in namespace 'n8n-prod' is Rook's own, for databases.n8n.backup; choose another name [secret-has-one-writer]"""

from tests.valid import database, environment, own_certificates

ENVIRONMENT = environment(
    databases={"n8n": database(certificates=own_certificates(server_ca_secret="n8n-backups"))}
)
