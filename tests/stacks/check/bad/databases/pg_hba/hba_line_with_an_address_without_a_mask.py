"""databases.n8n.pg_hba.0: 'host all all 10.0.0.1 scram-sha-256' has the address '10.0.0.1' without a mask; write '10.0.0.1/32' [hba-line-is-readable]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(pg_hba=["host all all 10.0.0.1 scram-sha-256"])}
)
