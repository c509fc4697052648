"""databases.n8n.drills: False is not a DrillsSpec; write DrillsSpec(...)"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(drills=False)})
