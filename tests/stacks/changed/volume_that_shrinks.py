"""Cluster n8n-prod/n8n-postgres: spec.storage.size: '20Gi' cannot become '10Gi', as a volume does not shrink; write '20Gi' [volume-does-not-shrink]"""

from tests.valid import database, environment

BEFORE = environment(databases={"n8n": database(storage="20Gi")})
AFTER = environment(databases={"n8n": database(storage="10Gi")})
