"""databases.n8n.backup: None is not a BackupSpec; write BackupSpec(...)"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=None)})
