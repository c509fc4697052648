"""databases.n8n.parameters.timezone: 'Europe/Berln' is not a time zone; write 'Europe/Berlin' [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"timezone": "Europe/Berln"})})
