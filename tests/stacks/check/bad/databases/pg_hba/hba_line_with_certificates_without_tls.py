"""databases.n8n.pg_hba.0: 'host all all all cert' asks for 'cert' on 'host'; write 'hostssl' [hba-line-is-readable]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(pg_hba=["host all all all cert"])})
