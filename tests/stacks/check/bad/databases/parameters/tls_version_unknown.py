"""databases.n8n.parameters.ssl_max_protocol_version: 'TLSv1.4' is not a choice; write TLSv1, TLSv1.1, TLSv1.2, TLSv1.3 [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(parameters={"ssl_max_protocol_version": "TLSv1.4"})}
)
