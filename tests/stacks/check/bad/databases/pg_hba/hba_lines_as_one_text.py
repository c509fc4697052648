"""databases.n8n.pg_hba: 'host all all all md5' is a str; write a list, like ['host all all all md5']"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(pg_hba="host all all all md5")})
