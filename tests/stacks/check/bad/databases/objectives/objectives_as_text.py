"""databases.n8n.objectives: '5m' is not an ObjectivesSpec; write ObjectivesSpec(...)"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(objectives="5m")})
