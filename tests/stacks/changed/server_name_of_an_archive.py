"""Cluster n8n-prod/n8n-postgres: spec.plugins.barman-cloud.cloudnative-pg.io.parameters.serverName: the archive 'n8n-postgres' would continue as 'app-v5' without a base backup, although PostgreSQL stays 17; undo the change of generations, cluster or backup.server_name [major-upgrade-has-its-own-archive]"""

from tests.valid import backup, database, environment

BEFORE = environment(databases={"n8n": database()})
AFTER = environment(databases={"n8n": database(backup=backup(server_name="app-v5"))})
