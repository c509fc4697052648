"""databases.n8n.parameters.timezone: 'CEST' is not a time zone; write one like 'Europe/Berlin', or 'Etc/UTC' [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"timezone": "CEST"})})
