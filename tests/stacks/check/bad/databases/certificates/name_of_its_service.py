"""databases.n8n.certificates.hosts: 'n8n-postgres.n8n-prod.svc' is in the certificate already; leave it out [host-name-is-in-the-certificate-once]"""

from tests.valid import database, environment, own_certificates

ENVIRONMENT = environment(
    databases={"n8n": database(certificates=own_certificates(hosts=["n8n-postgres.n8n-prod.svc"]))}
)
