"""Cluster n8n-prod/n8n-postgres: spec.bootstrap.initdb.import: it is read only when the database is created; write import_from as it was [import-is-read-once]
Cluster n8n-prod/n8n-postgres: spec.bootstrap.initdb.import: while no instance has run yet, the next try of a failing import reads it; run `pulumi refresh`, delete the Job 'n8n-postgres-1-import', and run `pulumi up` at once [failing-import-is-corrected]"""

from tests.valid import database, environment, importing

BEFORE = environment(databases={"n8n": database(import_from=importing())})
AFTER = environment(databases={"n8n": database()})
