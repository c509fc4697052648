"""databases.n8n.parameters.createrole_self_grant: 'set, admin' has the unknown word 'admin'; write set, inherit [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(parameters={"createrole_self_grant": "set, admin"})}
)
