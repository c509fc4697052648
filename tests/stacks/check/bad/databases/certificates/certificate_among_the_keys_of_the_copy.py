"""databases.n8n.certificates.server_tls_secret: the Secret 'offsite-keys' in namespace 'n8n-prod' is that of offsite.secret; choose another name [secret-has-one-writer]"""

from tests.valid import database, environment, offsite, own_certificates

ENVIRONMENT = environment(
    offsite=offsite(secret="offsite-keys"),
    databases={"n8n": database(certificates=own_certificates(server_tls_secret="offsite-keys"))},
)
