"""databases.n8n.pooler.parameters.log_connections: 'on' is no switch; write '0' or '1' [pooler-parameter-fits-pgbouncer]"""

from tests.valid import database, environment, pooler

ENVIRONMENT = environment(
    databases={"n8n": database(pooler=pooler(parameters={"log_connections": "on"}))}
)
