"""databases.n8n.replica_pooler.default_pool_size: 2 pools of 80 do not fit into max_connections 100 with 10 to spare; write smaller pools, or max_connections '170' [connections-cover-pools]"""

from tests.valid import database, environment, pooler

ENVIRONMENT = environment(databases={"n8n": database(replica_pooler=pooler(default_pool_size=80))})
