"""databases.n8n.parameters.shared_buffers: '01000MB' is a size that CloudNativePG reads differently or refuses; write '512MB' [compared-size-is-plain]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"shared_buffers": "01000MB"})})
