"""Cluster n8n-prod/n8n-postgres: spec.tablespaces.cold.storage.size: '100Gi' cannot become '50Gi', as a volume does not shrink; write '100Gi' [tablespace-stays]"""

from tests.valid import database, environment, tablespace

BEFORE = environment(databases={"n8n": database(tablespaces={"cold": tablespace()})})
AFTER = environment(databases={"n8n": database(tablespaces={"cold": tablespace(storage="50Gi")})})
