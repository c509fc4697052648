"""databases.n8n.pooler.parameters.min_pool_size: 5 is an int; write text in quotes"""

from tests.valid import database, environment, pooler

ENVIRONMENT = environment(
    databases={"n8n": database(pooler=pooler(parameters={"min_pool_size": 5}))}
)
