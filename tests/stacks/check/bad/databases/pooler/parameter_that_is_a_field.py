"""databases.n8n.pooler.parameters.max_client_conn: is the field max_client_connections; write that instead [pooler-parameter-fits-pgbouncer]"""

from tests.valid import database, environment, pooler

ENVIRONMENT = environment(
    databases={"n8n": database(pooler=pooler(parameters={"max_client_conn": "100"}))}
)
