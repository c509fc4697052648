"""Cluster n8n-prod/n8n-postgres: spec.plugins.barman-cloud.cloudnative-pg.io.parameters.serverName: the archive 'n8n-postgres' would continue as 'n8n-postgres-g2' without a base backup, although PostgreSQL stays 17; undo the change of generations, cluster or backup.server_name [major-upgrade-has-its-own-archive]"""

from tests.valid import database, environment, upgrade

BEFORE = environment(databases={"n8n": database()})
AFTER = environment(databases={"n8n": database(generations=[upgrade(from_major=16)])})
