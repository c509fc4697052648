"""Cluster n8n-prod/n8n-postgres: spec.tablespaces.cold: a tablespace cannot be removed; keep it [tablespace-stays]"""

from tests.valid import database, environment, tablespace

BEFORE = environment(databases={"n8n": database(tablespaces={"cold": tablespace()})})
AFTER = environment(databases={"n8n": database()})
