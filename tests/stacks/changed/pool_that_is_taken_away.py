"""Cluster n8n-prod/n8n-postgres: spec.certificates.serverAltDNSNames: n8n-postgres-pooler-rw.n8n-prod.svc reaches the database no more; have its clients use n8n-postgres.n8n-prod.svc first [host-name-leaves-the-certificate]"""

from tests.valid import database, environment, pooler

BEFORE = environment(databases={"n8n": database(pooler=pooler())})
AFTER = environment(databases={"n8n": database()})
