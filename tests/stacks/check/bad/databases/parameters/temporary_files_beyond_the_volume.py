"""databases.n8n.parameters.temp_file_limit: '50GB' is not below the volume of '10Gi', so it limits nothing; write at most '5120MB' [limit-is-below-volume]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"temp_file_limit": "50GB"})})
