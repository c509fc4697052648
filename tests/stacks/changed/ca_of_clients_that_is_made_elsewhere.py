"""Cluster n8n-prod/n8n-postgres: spec.certificates.clientCASecret: 'n8n-postgres-ca' becomes 'n8n-clients', and no replica or pool logs in by what the old CA issued; delete the Secrets 'n8n-postgres-replication' and 'n8n-postgres-pooler' right after, so that they are issued again, and give your own clients new certificates [another-ca-is-known-to-all]"""

from tests.valid import database, environment, own_certificates

BEFORE = environment(databases={"n8n": database()})
AFTER = environment(
    databases={"n8n": database(certificates=own_certificates(client_ca_secret="n8n-clients"))}
)
