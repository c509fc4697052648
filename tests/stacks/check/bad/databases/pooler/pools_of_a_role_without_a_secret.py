"""databases.n8n.pooler.default_pool_size: 2 pools of 30 for each of 2 pairs of role and database do not fit into max_connections 100 with 10 to spare; write smaller pools, or max_connections '130' [connections-cover-pools]"""

from tests.valid import database, environment, pooler, role

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            pooler=pooler(default_pool_size=30),
            roles={"job": role(password_secret=None, login=True)},
        )
    }
)
