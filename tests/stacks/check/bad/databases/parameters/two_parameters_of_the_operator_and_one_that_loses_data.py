"""databases.n8n.parameters: 'archive_mode' is set by CloudNativePG and refused; leave it out [parameter-is-not-managed]
databases.n8n.parameters: 'port' is set by CloudNativePG and refused; leave it out [parameter-is-not-managed]
databases.n8n.parameters: fsync 'off' loses the data in a crash; leave it out [parameters-keep-durability]
"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(parameters={"archive_mode": "off", "port": "5433", "fsync": "off"})}
)
