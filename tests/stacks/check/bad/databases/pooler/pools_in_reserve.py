"""databases.n8n.pooler.default_pool_size: 2 pools of 50 do not fit into max_connections 100 with 10 to spare; write smaller pools, or max_connections '110' [connections-cover-pools]"""

from tests.valid import database, environment, pooler

ENVIRONMENT = environment(
    databases={"n8n": database(pooler=pooler(parameters={"reserve_pool_size": "30"}))}
)
