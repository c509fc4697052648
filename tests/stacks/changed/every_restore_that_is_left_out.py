"""Cluster n8n-prod/n8n-postgres: metadata.labels/tier0/generation: it is of generation 1 of a database whose restored generations are left out; write every entry of generations again [generation-keeps-its-mark]
Service n8n-prod/n8n-postgres: metadata.labels/tier0/generation: it is of generation 1 of a database whose restored generations are left out; write every entry of generations again [service-leads-to-a-generation]"""

from tests.valid import database, environment, restore

BEFORE = environment(databases={"n8n": database(generations=[restore()], active=1, retired=[2])})
AFTER = environment(databases={"n8n": database()})
