"""Cluster n8n-prod/n8n-postgres: spec.walStorage: the volume of '5Gi' cannot be removed; keep it [volume-does-not-shrink]"""

from tests.valid import database, environment

BEFORE = environment(databases={"n8n": database(wal_storage="5Gi")})
AFTER = environment(databases={"n8n": database()})
