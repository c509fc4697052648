"""databases.n8n.application: ['vector'] is not an ApplicationSpec; write ApplicationSpec(...)"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(application=["vector"])})
