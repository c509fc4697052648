"""databases.n8n.pooler.parameters.auth_type: would undo the encryption and the passwords that are set up; leave it out [pooler-parameter-fits-pgbouncer]"""

from tests.valid import database, environment, pooler

ENVIRONMENT = environment(
    databases={"n8n": database(pooler=pooler(parameters={"auth_type": "any"}))}
)
