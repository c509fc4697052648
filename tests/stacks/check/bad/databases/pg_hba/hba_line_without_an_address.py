"""databases.n8n.pg_hba.0: 'host all all scram-sha-256' is not type, database, user, address and method; write one like 'hostssl all all 10.0.0.0/8 scram-sha-256' [hba-line-is-readable]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(pg_hba=["host all all scram-sha-256"])})
