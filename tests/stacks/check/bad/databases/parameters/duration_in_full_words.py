"""databases.n8n.parameters.idle_session_timeout: '2 hours' has a unit that PostgreSQL does not know; write '2h' [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(parameters={"idle_session_timeout": "2 hours"})}
)
