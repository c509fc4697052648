"""databases.n8n.pooler.parameters.server_idle_timout: is not a parameter of PgBouncer that may be set; did you mean 'server_idle_timeout'? [pooler-parameter-fits-pgbouncer]"""

from tests.valid import database, environment, pooler

ENVIRONMENT = environment(
    databases={"n8n": database(pooler=pooler(parameters={"server_idle_timout": "60"}))}
)
