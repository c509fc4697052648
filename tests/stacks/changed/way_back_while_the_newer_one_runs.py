"""Cluster n8n-prod/n8n-postgres-g2: metadata.labels/tier0/active: clients have used it, and it would run on without being active; add its number to retired [stopped-generation-is-retired]"""

from tests.valid import database, environment, restore

BEFORE = environment(databases={"n8n": database(generations=[restore()], active=2)})
AFTER = environment(databases={"n8n": database(generations=[restore()], active=1)})
