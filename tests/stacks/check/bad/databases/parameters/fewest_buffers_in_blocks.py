"""databases.n8n.parameters: shared_buffers '16' is blocks of 8 kB to PostgreSQL and MB to CloudNativePG; write '128kB' [parameter-size-has-unit]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"shared_buffers": "16"})})
