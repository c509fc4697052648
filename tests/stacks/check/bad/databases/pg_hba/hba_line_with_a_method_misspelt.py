"""databases.n8n.pg_hba.0: 'host all all all scram-sha256' has 'scram-sha256' where the method belongs; write one of scram-sha-256, cert, reject [hba-line-is-readable]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(pg_hba=["host all all all scram-sha256"])})
