"""databases.n8n.backup.method: 'in-tree' is removed in CloudNativePG 1.31; 'plugin' takes over the archive without a gap (docs/runbooks/migrate-to-plugin.md) [archive-uses-plugin]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(method="in-tree"))})
