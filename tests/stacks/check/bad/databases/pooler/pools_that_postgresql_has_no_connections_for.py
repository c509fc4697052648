"""databases.n8n.pooler.default_pool_size: 3 pools of 40 do not fit into max_connections 100 with 10 to spare; write smaller pools, or max_connections '130' [connections-cover-pools]"""

from components.postgres.pooler import PoolerSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(pooler=PoolerSpec(instances=3, default_pool_size=40))}
)
