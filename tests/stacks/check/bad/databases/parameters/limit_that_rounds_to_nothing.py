"""databases.n8n.parameters.log_min_duration_statement: '400us' is rounded to 0; write '0' or at least '1ms' [parameter-is-what-it-looks-like]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(parameters={"log_min_duration_statement": "400us"})}
)
