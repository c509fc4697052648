"""databases.n8n.backup: True is not a BackupSpec; write BackupSpec(...)"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=True)})
