"""databases.n8n.parameters: shared_buffers '2Gi' is not a size of PostgreSQL's; write a whole number and kB, MB, GB or TB, like '2GB' [parameter-size-has-unit]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"shared_buffers": "2Gi"})})
