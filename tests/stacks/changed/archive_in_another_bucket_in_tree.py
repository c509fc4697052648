"""Cluster n8n-prod/n8n-postgres: spec.backup.barmanObjectStore.destinationPath: s3://n8n-backups/ becomes s3://other-backups/, so the recovery window begins with the first base backup there; make one right after, and keep the old archive for as long as its window is needed [other-bucket-in-tree-begins-a-window]"""

from tests.valid import backup, claim, database, environment

BEFORE = environment(databases={"n8n": database(backup=backup(method="in-tree"))})
AFTER = environment(
    databases={"n8n": database(backup=backup(method="in-tree", bucket=claim("other")))}
)
