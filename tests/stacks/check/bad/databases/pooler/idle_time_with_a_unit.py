"""databases.n8n.pooler.parameters.server_idle_timeout: '10m' is no number of seconds; write 0 to 2147483647 [pooler-parameter-fits-pgbouncer]"""

from tests.valid import database, environment, pooler

ENVIRONMENT = environment(
    databases={"n8n": database(pooler=pooler(parameters={"server_idle_timeout": "10m"}))}
)
