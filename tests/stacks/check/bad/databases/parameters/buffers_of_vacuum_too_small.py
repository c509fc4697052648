"""databases.n8n.parameters.vacuum_buffer_usage_limit: '64' is too small for PostgreSQL to start; write at least '128kB', or 0 for no limit [buffers-have-accepted-size]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(parameters={"vacuum_buffer_usage_limit": "64"})}
)
