"""Cluster n8n-prod/n8n-postgres: spec.bootstrap.initdb.import: nothing is imported into a database that exists; leave import_from out, or declare another database [import-is-read-once]"""

from tests.valid import database, environment, importing

BEFORE = environment(databases={"n8n": database()})
AFTER = environment(databases={"n8n": database(import_from=importing())})
