"""Cluster n8n-prod/n8n-postgres: spec.certificates.serverAltDNSNames: n8n-db.n8n-prod.svc reaches the database no more; have its clients use n8n-main.n8n-prod.svc first [host-name-leaves-the-certificate]"""

from tests.valid import database, environment

BEFORE = environment(databases={"n8n": database(service="n8n-db")})
AFTER = environment(databases={"n8n": database(service="n8n-main")})
