"""databases.n8n.roles.cdc.replication: 'yes' is a str; write True or False"""

from tests.valid import database, environment, role

ENVIRONMENT = environment(databases={"n8n": database(roles={"cdc": role(replication="yes")})})
