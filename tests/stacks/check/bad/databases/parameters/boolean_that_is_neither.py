"""databases.n8n.parameters.autovacuum: 'o' is neither on nor off; write 'on' or 'off' [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"autovacuum": "o"})})
