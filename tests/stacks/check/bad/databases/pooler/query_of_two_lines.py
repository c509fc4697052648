"""databases.n8n.pooler.parameters.server_check_query: has a line break or a control character; write one line [pooler-parameter-fits-pgbouncer]"""

from tests.valid import database, environment, pooler

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            pooler=pooler(parameters={"server_check_query": "select 1\nadmin_users = app"})
        )
    }
)
