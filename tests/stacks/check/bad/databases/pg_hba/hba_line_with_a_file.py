"""databases.n8n.pg_hba.0: 'host all @admins all md5' has '@admins', a file, which is not there; write names [hba-line-is-readable]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(pg_hba=["host all @admins all md5"])})
