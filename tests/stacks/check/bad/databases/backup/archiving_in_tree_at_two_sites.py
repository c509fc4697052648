"""databases.n8n.backup.method: method 'in-tree' is not for two sites; write method 'plugin' [site-archives-by-the-plugin]"""

from tests.valid import backup, environment, following

ENVIRONMENT = environment(databases={"n8n": following(backup=backup(method="in-tree"))})
