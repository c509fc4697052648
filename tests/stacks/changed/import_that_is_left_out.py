"""Cluster n8n-prod/n8n-postgres: spec.bootstrap.initdb.import: it is read only when the database is created; write import_from as it was [import-is-read-once]"""

from tests.valid import database, environment, importing

BEFORE = environment(databases={"n8n": database(import_from=importing())})
AFTER = environment(databases={"n8n": database()})
