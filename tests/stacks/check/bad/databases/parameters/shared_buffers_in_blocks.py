"""databases.n8n.parameters: shared_buffers '32768' is blocks of 8 kB to PostgreSQL and MB to CloudNativePG; write '256MB' [parameter-size-has-unit]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"shared_buffers": "32768"})})
