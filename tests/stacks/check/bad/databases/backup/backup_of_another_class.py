"""databases.n8n.backup: ObjectivesSpec is not a BackupSpec; write BackupSpec(...)"""

from tests.valid import database, environment, objectives

ENVIRONMENT = environment(databases={"n8n": database(backup=objectives())})
