"""Cluster n8n-prod/n8n-postgres: spec.walStorage.size: '2Ti' cannot become '500Gi', as a volume does not shrink; write '2Ti' [volume-does-not-shrink]"""

from tests.valid import database, environment

BEFORE = environment(databases={"n8n": database(wal_storage="2Ti")})
AFTER = environment(databases={"n8n": database(wal_storage="500Gi")})
