"""databases.n8n.pooler.default_pool_size: 9 pools of 1000 for each of 32 pairs of role and database do not fit into max_connections 100 with 10 to spare; write smaller pools [connections-cover-pools]"""

from tests.valid import database, environment, pooler, role

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            pooler=pooler(instances=9, default_pool_size=1000),
            roles={f"r{n}": role(password_secret=f"login-{n}") for n in range(31)},
        )
    }
)
