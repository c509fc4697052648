"""databases.n8n.parameters: 'archive_mode' is set by CloudNativePG and refused; leave it out [parameter-is-not-managed]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"archive_mode": "off"})})
