"""Cluster n8n-prod/n8n-postgres: spec.certificates.serverAltDNSNames: n8n.example.org reaches the database no more; have its clients use n8n-postgres.n8n-prod.svc first [host-name-leaves-the-certificate]"""

from tests.valid import database, environment, own_certificates

BEFORE = environment(
    databases={"n8n": database(certificates=own_certificates(hosts=["n8n.example.org"]))}
)
AFTER = environment(databases={"n8n": database()})
